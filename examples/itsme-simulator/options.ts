/** What one of the partner's service codes stands for; each has its own rules (itsme's services are not one). */
export type Service = 'authentication' | 'identification' | 'confirmation'
export const SERVICES: readonly Service[] = ['authentication', 'identification', 'confirmation']

/** A service code as the partner got it; `redirectUris` narrows the client's list for this code alone. */
export type ServiceCode = { readonly service: Service; readonly redirectUris?: readonly string[] }

/** A relying party ("partner") as onboarding leaves it. */
export type Client = {
  readonly clientId: string
  /** Compared letter by letter. */
  readonly redirectUris: readonly string[]
  /** Where the partner publishes its signing and encryption keys. Read when first needed. */
  readonly jwksUri: string
  /** What a `request_uri` may begin with; without it, none is fetched. */
  readonly requestUris?: readonly string[]
  readonly serviceCodes: Readonly<Record<string, ServiceCode>>
  /** Scopes granted beside `openid` and `service:CODE`; `eid` and `idDocument` only to who may have them. */
  readonly scopes?: readonly string[]
}

/** The scopes every partner gets. */
export const DEFAULT_SCOPES: readonly string[] = ['profile', 'email', 'phone', 'address']

/** A synthetic person with the claims itsme would give, before any of the switches. */
export type Persona = {
  readonly id: string
  readonly label: string
  readonly note: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** Details in which itsme's environments and versions differ; the first value of each is the default. */
export const SWITCHES = {
  encryptionAlg: ['RSA-OAEP-256', 'RSA-OAEP'],
  encryptionEnc: ['A128CBC-HS256', 'A256GCM'],
  jweKid: ['on', 'off'],
  userinfoType: ['application/json', 'application/jwt'],
  acr: ['lower', 'V2', 'tag', 'absent'],
  authTime: ['on', 'off'],
  address: ['object', 'string'],
  pkce: ['enforced', 'optional'],
  /** What becomes of everybody's login; `abandon` and `timeout` are told to nobody. */
  outcome: ['approve', 'refuse', 'timeout', 'abandon', 'outage'],
  /** Whether a call is in progress: as the persona has it, or always. */
  ongoingCall: ['persona', 'on'],
  /** Whether each token is signed with a key made for it, the one before gone: what a partner keeps is never enough. */
  keyRotation: ['off', 'each-token'],
  /** Whether a partner's keys are looked at again when one is unknown, or kept for a day whatever it says. */
  partnerKeys: ['looked-up', 'kept-a-day'],
} as const

export type Switches = { -readonly [K in keyof typeof SWITCHES]: (typeof SWITCHES)[K][number] }

export const defaultSwitches = (): Switches =>
  Object.fromEntries(Object.entries(SWITCHES).map(([name, [first]]) => [name, first])) as Switches
