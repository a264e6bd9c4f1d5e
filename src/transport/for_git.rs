//! What `git` has to be told to reach a host as this client would: credentials and certificates, for one origin.

use super::{Client, Proof, Secret, TransportError};

/// Variables in which the credentials travel: arguments and settings are seen by others, an environment is not.
const USER: &str = "EDGEWRIGHT_GIT_USERNAME";
const PASSWORD: &str = "EDGEWRIGHT_GIT_PASSWORD";
/// The name that goes with a token; hosts look at the token alone.
const TOKEN_USER: &str = "x-access-token";

/// Settings for one call of git.
#[derive(Clone, Debug, Default)]
pub struct ForGit {
    /// Keys and values of its configuration, in their order.
    pub config: Vec<(String, String)>,
    /// Variables of its environment.
    pub variables: Vec<(&'static str, Secret)>,
}

impl Client {
    /// Settings for a repository at the host that this client has access to; none where it has no access.
    ///
    /// # Errors
    /// The credentials cannot be looked for, or nothing may be asked at all.
    pub fn for_git(&self) -> Result<ForGit, TransportError> {
        if let Some(why) = &self.blocked {
            return Err(TransportError::Blocked { why: why.to_string() });
        }
        let mut settings = ForGit::default();
        let Some(access) = &self.access else { return Ok(settings) };
        let origin = access.origin.text();
        for (key, file) in
            [("sslCAInfo", &access.tls.ca), ("sslCert", &access.tls.cert), ("sslKey", &access.tls.key)]
        {
            if let Some(path) = file {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                settings.config.push((format!("http.{origin}.{key}"), path.display().to_string()));
            }
        }
        let Some(login) = self.login(access)? else { return Ok(settings) };
        let (user, password) = match &login.proof {
            Proof::Password { user, password } => (user.as_str(), password),
            Proof::Token(token) | Proof::Identity(token) => (TOKEN_USER, token),
        };
        // git asks its helpers by host, so that a redirect to another one takes nothing along. The empty one forgets those of
        // the user, which know less than what was found for this registry.
        let helper = format!(
            "!f() {{ test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"${USER}\" \"${PASSWORD}\"; }}; f"
        );
        let key = format!("credential.{origin}.helper");
        settings.config.extend([(key.clone(), String::new()), (key, helper)]);
        settings.variables.extend([(USER, Secret::new(user)), (PASSWORD, password.clone())]);
        Ok(settings)
    }
}
