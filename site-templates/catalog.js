// Copy buttons, the theme, and search as you type. Every page is complete without this file.
(function () {
  "use strict";
  var body = document.body, html = document.documentElement, root = body.dataset.root || "";

  // Theme: the system's unless somebody chose; the choice is kept where the browser lets us.
  var store = {
    get: function () { try { return localStorage.getItem("theme"); } catch (e) { return null; } },
    set: function (v) { try { localStorage.setItem("theme", v); } catch (e) { /* private mode, file:// */ } }
  };
  var dark = matchMedia("(prefers-color-scheme: dark)");
  var chosen = store.get();
  if (chosen === "light" || chosen === "dark") html.dataset.theme = chosen;
  var toggle = document.querySelector("[data-theme-switch]");
  if (toggle) {
    var name = function () {
      var now = html.dataset.theme || (dark.matches ? "dark" : "light");
      toggle.textContent = now === "dark" ? "Light" : "Dark";
      toggle.setAttribute("aria-label", "Switch to the " + (now === "dark" ? "light" : "dark") + " theme");
      return now;
    };
    name();
    toggle.hidden = false;
    toggle.addEventListener("click", function () {
      html.dataset.theme = name() === "dark" ? "light" : "dark";
      store.set(html.dataset.theme);
      name();
    });
  }

  // Copy buttons.
  if (navigator.clipboard) {
    document.querySelectorAll("[data-copy]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var text = button.parentNode.querySelector("pre").textContent;
        navigator.clipboard.writeText(text).then(function () {
          button.textContent = "Copied";
          setTimeout(function () { button.textContent = "Copy"; }, 1500);
        });
      });
    });
  }

  // Search: the index is a script, so that it loads from file:// too; it comes with the first key.
  var records = null, waiting = [];
  window.edgewrightIndex = function (list) {
    records = list;
    waiting.forEach(function (f) { f(); });
  };
  function load(then) {
    if (records) return then();
    if (waiting.push(then) > 1) return;
    var script = document.createElement("script");
    script.src = body.dataset.search;
    document.head.appendChild(script);
  }
  function score(record, words) {
    var id = record[1].toLowerCase(), all = " " + record[3] + " " + record[0] + ":" + id, sum = 0;
    for (var i = 0; i < words.length; i++) {
      var w = words[i], s = 0, last = id.split("/").pop();
      if (last === w || id === w) s = 100;
      else if (last.indexOf(w) === 0) s = 60;
      else if (id.indexOf(w) >= 0) s = 40;
      else if (all.indexOf(" " + w) >= 0) s = 20;
      else if (all.indexOf(w) >= 0) s = 8;
      if (!s) return 0;
      sum += s;
    }
    return sum;
  }
  function find(query) {
    var words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    return records
      .map(function (r) { return [score(r, words), r]; })
      .filter(function (x) { return x[0]; })
      .sort(function (a, b) { return b[0] - a[0] || (a[1][1] < b[1][1] ? -1 : 1); })
      .map(function (x) { return x[1]; });
  }
  // A record inside `into`: a link, or an option of the list below the field.
  function fill(into, record) {
    var name = document.createElement("b"), note = document.createElement("span");
    name.textContent = record[1];
    note.className = "soft sm";
    note.textContent = record[0] + " " + record[4];
    into.append(name, note);
    return into;
  }
  function link(record) {
    var a = document.createElement("a");
    a.href = root + record[2];
    return fill(a, record);
  }
  document.querySelectorAll("form[role=search]").forEach(function (form, n) {
    var input = form.querySelector("input"), box = document.createElement("ul"), at = -1;
    box.className = "found";
    box.id = "found-" + n;
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", "Matches");
    box.hidden = true;
    var live = document.createElement("p");
    live.className = "vh";
    live.setAttribute("role", "status");
    form.querySelector(".find").append(box, live);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", box.id);
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-autocomplete", "list");
    function close() {
      box.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function show() {
      var found = find(input.value), query = input.value.trim();
      box.textContent = "";
      if (!query) { live.textContent = ""; return close(); }
      found.slice(0, 8).forEach(function (record, i) {
        var li = document.createElement("li");
        li.id = box.id + "-" + i;
        li.setAttribute("role", "option");
        li.dataset.href = root + record[2];
        // Before the field loses its focus, or the list would be gone.
        li.addEventListener("mousedown", function (e) { e.preventDefault(); });
        li.addEventListener("click", function () { location.href = li.dataset.href; });
        box.append(fill(li, record));
      });
      live.textContent = found.length + (found.length === 1 ? " match" : " matches");
      at = -1;
      input.removeAttribute("aria-activedescendant");
      box.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!!found.length));
    }
    function move(step) {
      var all = box.children;
      if (box.hidden || !all.length) return;
      if (at >= 0) all[at].removeAttribute("aria-selected");
      at = (at + step + all.length) % all.length;
      all[at].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", all[at].id);
    }
    input.addEventListener("input", function () { load(show); });
    input.addEventListener("keydown", function (e) {
      if (e.key === "ArrowDown") { e.preventDefault(); move(1); }
      else if (e.key === "ArrowUp") { e.preventDefault(); move(-1); }
      else if (e.key === "Escape") close();
      else if (e.key === "Enter" && at >= 0) { e.preventDefault(); box.children[at].click(); }
    });
    form.addEventListener("focusout", function (e) { if (!form.contains(e.relatedTarget)) close(); });
  });
  document.addEventListener("keydown", function (e) {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    var input = document.querySelector("form[role=search] input");
    if (input) { e.preventDefault(); input.focus(); }
  });

  // The list of profiles shows what the form was sent with.
  var results = document.querySelector("[data-results]");
  var query = new URLSearchParams(location.search).get("q");
  if (results && query) {
    document.querySelectorAll("form[role=search] input").forEach(function (input) { input.value = query; });
    load(function () {
      var found = find(query), head = document.createElement("h2"), list = document.createElement("ul");
      head.textContent = found.length + (found.length === 1 ? " match for " : " matches for ") + "\u201c" + query + "\u201d";
      list.className = "log";
      found.slice(0, 100).forEach(function (record) {
        var li = document.createElement("li");
        li.append(link(record));
        list.append(li);
      });
      results.append(head, list);
      results.hidden = false;
    });
  }
})();
