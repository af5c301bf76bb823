/**
 * Every error PIAS can end in, with the HTTP status it answers and whether trying again may help.
 * The words a person reads are in `views/locales/*.json` under `errors.<code>`; `docs/errors.md` lists the same codes.
 */
export const ERROR_CODES = {
  'config.invalid': { status: 500, retryable: false },
  'config.unreadable': { status: 500, retryable: false },
  'server.port_taken': { status: 500, retryable: false },
  'server.port_forbidden': { status: 500, retryable: false },
  'store.unavailable': { status: 503, retryable: true },
  'store.unusable': { status: 500, retryable: false },
  'request.invalid': { status: 400, retryable: false },
  'request.host_unknown': { status: 421, retryable: false },
  'request.forged': { status: 403, retryable: false },
  'request.too_large': { status: 413, retryable: false },
  'request.too_many': { status: 429, retryable: true },
  'page.not_found': { status: 404, retryable: false },
  'interaction.expired': { status: 400, retryable: false },
  'interaction.elsewhere': { status: 400, retryable: false },
  'interaction.cookies_blocked': { status: 400, retryable: false },
  'interaction.finished': { status: 400, retryable: false },
  'upstream.denied': { status: 200, retryable: true },
  'upstream.expired': { status: 400, retryable: true },
  'upstream.unavailable': { status: 503, retryable: true },
  'upstream.invalid_response': { status: 502, retryable: true },
  'account.refused': { status: 403, retryable: false },
  'link.owned_elsewhere': { status: 409, retryable: false },
  'link.contradicted': { status: 409, retryable: false },
  'proof.locked': { status: 429, retryable: false },
  'oidc.request': { status: 400, retryable: false },
  'oidc.session': { status: 400, retryable: false },
  'server.overloaded': { status: 503, retryable: true },
  'server.failed': { status: 500, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>

export type ErrorCode = keyof typeof ERROR_CODES

/**
 * The one error PIAS throws where failing is not ordinary. `code` is stable and public; `detail` is for developers and
 * free of personal data; `cause` is logged and never shown.
 */
export class PiasError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly retryable: boolean
  readonly detail: string | undefined
  /** From when on trying again makes sense, in epoch milliseconds. */
  readonly retryAt: number | undefined

  constructor(code: ErrorCode, detail?: string, options?: { cause?: unknown; retryAt?: number }) {
    super(detail === undefined ? code : `${code}: ${detail}`, options)
    this.name = 'PiasError'
    this.code = code
    this.status = ERROR_CODES[code].status
    this.retryable = ERROR_CODES[code].retryable
    this.detail = detail
    this.retryAt = options?.retryAt
  }
}
