-- Run by neovim.sh. Each check(…) stands at the start of its line: the script counts them.

local root = vim.env.ROOT
local verdicts = assert(io.open(vim.env.VERDICTS, "a"))

local function check(what, ok, seen)
  verdicts:write((ok and "PASS " or "FAIL ") .. what .. (ok and "" or ": " .. vim.inspect(seen):gsub("%s+", " ")) .. "\n")
  verdicts:flush()
end

local function wait(for_it)
  return vim.wait(30000, for_it, 50)
end

local function line_of(buffer, text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      return number, column - 1
    end
  end
  error("no line with " .. text)
end

local function replace(buffer, from, to)
  local number, column = line_of(buffer, from)
  vim.api.nvim_buf_set_text(buffer, number - 1, column, number - 1, column + #from, { to })
  return number
end

-- The cursor `into` bytes into a text.
local function go(buffer, text, into)
  local number, column = line_of(buffer, text)
  vim.api.nvim_win_set_buf(0, buffer)
  vim.api.nvim_win_set_cursor(0, { number, column + into })
end

local function open(path)
  vim.cmd("edit " .. vim.fn.fnameescape(root .. "/" .. path))
  return vim.api.nvim_get_current_buf()
end

local function main()
  local ready = false
  local client = vim.lsp.start_client({
    name = "edgewright",
    cmd = { vim.env.EDGEWRIGHT, "lsp" },
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = "sample" } },
    on_init = function() ready = true end,
  })
  local buffer = open("profiles/observability/profile.yaml")
  vim.lsp.buf_attach_client(buffer, client)
check("the server starts", wait(function() return ready end), vim.lsp.get_client_by_id(client))

  local function ask(method, params)
    params = params or vim.lsp.util.make_position_params(0, vim.lsp.get_client_by_id(client).offset_encoding)
    local answers = vim.lsp.buf_request_sync(0, method, params, 30000) or {}
    return (answers[client] or {}).result
  end
  local function findings(code)
    return vim.tbl_filter(function(found) return found.code == code end, vim.diagnostic.get(buffer))
  end

  -- A wide character before what is wrong: columns are counted in UTF-16 on the way and in bytes in the buffer.
  local good = "- { value: 8Gi, label: Four days }"
  local broken = replace(buffer, good, "- { label: 🐻, valeu: 8Gi }")
  wait(function() return #findings("SC0001") > 0 end)
  local found = findings("SC0001")[1] or {}
check("a finding at its line", found.lnum == broken - 1 and found.col == 25 and found.end_col == 30, found)
check("its severity, source and message", found.severity == vim.diagnostic.severity.ERROR and found.source == "edgewright" and (found.message or ""):find("valeu", 1, true), found)

  -- The bulb: Neovim asks, chooses and applies; we only say which.
  vim.ui.select = function(items, _, chosen)
    for _, item in ipairs(items) do
      if item[2].isPreferred ~= false then return chosen(item) end
    end
    chosen(items[1])
  end
  go(buffer, "valeu", 2)
  vim.lsp.buf.code_action()
  local function line() return vim.api.nvim_buf_get_lines(buffer, broken - 1, broken, false)[1] end
check("a fix mends the buffer", wait(function() return line() == "        - { label: 🐻, value: 8Gi }" end), line())
check("and the finding goes", wait(function() return #vim.diagnostic.get(buffer) == 0 end), vim.diagnostic.get(buffer))

  go(buffer, "inputType", 2)
  local hover = ask("textDocument/hover") or {}
  local lines = table.concat(vim.lsp.util.convert_input_to_markdown_lines(hover.contents or {}), "\n")
check("hover describes a key", lines:find("How a form asks for it", 1, true), hover)
  go(buffer, "macro.metricsUrl", 8)
  hover = ask("textDocument/hover") or {}
  lines = table.concat(vim.lsp.util.convert_input_to_markdown_lines(hover.contents or {}), "\n")
check("hover gives a macro's value", lines:find("metrics.example.org", 1, true), hover)

  -- Half a document: the list is not closed and the text after it is no YAML.
  local row = replace(buffer, "presets: { uplink: metered }", "presets: { uplink: ")
  vim.api.nvim_win_set_cursor(0, { row, #vim.api.nvim_buf_get_lines(buffer, row - 1, row, false)[1] })
  local params = vim.lsp.util.make_position_params(0, vim.lsp.get_client_by_id(client).offset_encoding)
  params.position.character = #vim.api.nvim_buf_get_lines(buffer, row - 1, row, false)[1]
  local items = vim.lsp.util.text_document_completion_list_to_complete_items(ask("textDocument/completion", params) or {}, "")
  local words = vim.tbl_map(function(item) return item.word end, items)
check("completion knows the presets of a pack", vim.tbl_contains(words, "metered"), words)
  replace(buffer, "presets: { uplink: ", "presets: { uplink: metered }")

  go(buffer, "macro.metricsUrl", 8)
  vim.lsp.buf.definition()
  local function there() return vim.api.nvim_buf_get_name(0):find("edgewright.yaml$") ~= nil end
check("a definition is jumped to", wait(there) and vim.api.nvim_get_current_line():find("metricsUrl", 1, true), vim.api.nvim_get_current_line())

  -- Another file of the profile, opened later; the reference to a variable that does not exist.
  local values = open("profiles/k3s-store/values/network.yaml")
  vim.lsp.buf_attach_client(values, client)
  local at = replace(values, "podNetwork", "potNetwork")
  wait(function() return #vim.diagnostic.get(values) > 0 end)
  found = vim.diagnostic.get(values)[1] or {}
check("values are judged with their profile", found.lnum == at - 1 and (found.message or ""):find("potNetwork", 1, true), found)

  local exit
  vim.lsp.stop_client(client)
  exit = wait(function() return vim.lsp.get_client_by_id(client) == nil or vim.lsp.get_client_by_id(client).is_stopped() end)
check("the server stops when it is told to", exit, exit)
end

local ok, why = xpcall(main, debug.traceback)
if not ok then
  io.stderr:write(why .. "\n")
end
verdicts:close()
vim.cmd(ok and "qall!" or "cquit 1")
