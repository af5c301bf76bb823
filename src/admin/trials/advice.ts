/** Why PIAS refused, and what to do about it, for whoever develops the app. */
export type Advice = { readonly reason: string; readonly fix: string }

const ADVICE: Readonly<Record<string, Advice>> = {
  access_denied: {
    reason: 'the person went back, or the account is blocked',
    fix: 'show that the login was cancelled, and offer it again',
  },
  login_required: {
    reason: 'prompt=none was asked for, and nobody is logged in well enough',
    fix: 'ask again without prompt',
  },
  consent_required: {
    reason: 'prompt=none was asked for, and the person has not consented yet',
    fix: 'ask again without prompt, or ask for fewer scopes',
  },
  interaction_required: {
    reason: 'prompt=none was asked for, and the person must see a page',
    fix: 'ask again without prompt',
  },
  unmet_authentication_requirements: {
    reason: 'the level that was asked for was not reached',
    fix: 'ask for a lower level, or tell the person how to log in',
  },
  invalid_scope: {
    reason: 'a scope was asked for that the app may not have',
    fix: 'add it to the scope of the app, or ask without it',
  },
  invalid_target: {
    reason: 'the API is not there, or the app has none of its scopes',
    fix: 'name a registered API, and give the app one of its scopes',
  },
  invalid_request: {
    reason: 'the request does not hold together',
    fix: 'see what PIAS says about it',
  },
  invalid_client: {
    reason: 'the app did not prove itself',
    fix: 'look at its secret or key, and at the clock of its server',
  },
  invalid_grant: {
    reason: 'the code is spent or too old, or the login was ended meanwhile',
    fix: 'begin again: a code is good once, for a minute',
  },
  unauthorized_client: {
    reason: 'the app may not use this way to tokens',
    fix: 'look at its grant types',
  },
  temporarily_unavailable: {
    reason: 'PIAS or itsme cannot answer now, or there were too many requests',
    fix: 'keep what the person did, and try again in a minute',
  },
}

const UNKNOWN: Advice = {
  reason: 'PIAS did not go on',
  fix: 'look for this client in the audit trail, or into the log of PIAS',
}

/** What is to be said about an OAuth error. */
export const adviceOn = (code: string): Advice => ADVICE[code] ?? UNKNOWN
