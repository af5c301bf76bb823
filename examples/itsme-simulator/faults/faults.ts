/** Where something can be made to go wrong. */
export const ENDPOINTS = ['discovery', 'jwkSet', 'authorization', 'token', 'userinfo'] as const
export type Endpoint = (typeof ENDPOINTS)[number]

/** Faults of the line, at any endpoint: a 503, a late answer, none at all, a cut connection. */
export const LINE_FAULTS = ['error', 'slow', 'timeout', 'drop'] as const
type LineFault = (typeof LINE_FAULTS)[number]

/** Faults of the token that the endpoint issues, at `token` and `userinfo`: what a careless relying party would take. */
export const TOKEN_FAULTS = [
  'bad-signature',
  'unknown-key',
  'not-encrypted',
  'alg-none',
  'plain-json',
  'json-in-jwe',
  'wrong-issuer',
  'wrong-audience',
  'two-audiences',
  'wrong-nonce',
  'wrong-subject',
  'expired',
  'future',
  'no-expiry',
  'oversized',
] as const
export type TokenFault = (typeof TOKEN_FAULTS)[number]

/** Outcomes on itsme's side that end at the redirect instead of with a code, at `authorization`. */
export const OUTCOME_FAULTS = ['access_denied', 'login_required', 'temporary_unavailable', 'invalid_scope'] as const

export type FaultKind = LineFault | TokenFault | (typeof OUTCOME_FAULTS)[number]

/** A fault to inject the next `count` times; `delayMs` is for `slow`. */
export type Fault = { endpoint: Endpoint; kind: FaultKind; count: number; delayMs: number }

const isOneOf = <T extends string>(values: readonly T[], value: unknown): value is T =>
  values.some(known => known === value)

const kindsAt = (endpoint: Endpoint): readonly FaultKind[] => {
  if (endpoint === 'token' || endpoint === 'userinfo') return [...LINE_FAULTS, ...TOKEN_FAULTS]
  return endpoint === 'authorization' ? [...LINE_FAULTS, ...OUTCOME_FAULTS] : LINE_FAULTS
}

/** Reads a fault from a request's body, or tells what is wrong with it. */
export const parseFault = (body: Record<string, unknown>): Fault | string => {
  const { endpoint, kind, count = 1, delayMs = 2000 } = body
  if (!isOneOf(ENDPOINTS, endpoint)) return `endpoint must be one of ${ENDPOINTS.join(', ')}`
  const kinds = kindsAt(endpoint)
  if (!isOneOf(kinds, kind)) return `kind at ${endpoint} must be one of ${kinds.join(', ')}`
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) return 'count must be a positive integer'
  if (typeof delayMs !== 'number' || delayMs < 0 || delayMs > 60_000) return 'delayMs must be 0 to 60000'
  return { endpoint, kind, count, delayMs }
}

/** The faults that are still due. Each of the three families is taken where it belongs, first in, first out. */
export const createFaults = () => {
  let due: Fault[] = []

  const take = <T extends FaultKind>(endpoint: Endpoint, kinds: readonly T[]): (Fault & { kind: T }) | undefined => {
    const fault = due.find(one => one.endpoint === endpoint && isOneOf(kinds, one.kind))
    if (fault === undefined) return undefined
    fault.count -= 1
    due = due.filter(one => one.count > 0)
    return fault as Fault & { kind: T }
  }

  return {
    add: (fault: Fault) => {
      due.push({ ...fault })
    },
    clear: () => {
      due = []
    },
    take,
  }
}

export type Faults = ReturnType<typeof createFaults>
