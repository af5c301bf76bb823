import { createPreviewOperations, type PreviewAsked } from '#src/admin/operations/preview-tokens.ts'
import { asJson, type Outcome, refused } from '#src/cli/outcome.ts'
import { SILENT } from '#src/cli/silent.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { compose } from '#src/compose.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { ACRS } from '#src/kernel/identity.ts'

/** What `clients preview-token` is told. */
export type PreviewOptions = {
  readonly account?: string
  readonly scope?: string
  readonly claims?: string
  readonly resource?: string
  readonly acr?: string
}

const WORDS = {
  'no-client': 'there is no such app that people log in to',
  'no-account': 'there is no such account',
  'no-api': 'the app may not ask for a token of this API',
  refused: 'the account is blocked: nobody would get a token',
} as const

const parseClaims = (text: string): NonNullable<PreviewAsked['claims']> => {
  try {
    const claims: unknown = JSON.parse(text)
    if (typeof claims === 'object' && claims !== null) return claims
  } catch {
    // Told below.
  }
  throw new PiasError('request.invalid', '--claims is a JSON object, as the claims parameter')
}

/**
 * `clients preview-token`: prints as JSON what an app would get for the synthetic persona, or masked for an account. Nothing
 * is signed, stored or asked of an upstream. Refused where nobody would get anything.
 * @throws PiasError `request.invalid`, and what the configuration and the store throw
 */
export const previewTokens = async (
  terminal: Terminal,
  clientId: string,
  options: PreviewOptions,
): Promise<Outcome> => {
  const { account, scope, claims, resource, acr } = options
  const level = ACRS.find(one => one === acr)
  if (acr !== undefined && level === undefined) throw new PiasError('request.invalid', `--acr: ${ACRS.join(', ')}`)
  const asked: PreviewAsked = {
    clientId,
    ...(account !== undefined && { account }),
    ...(scope !== undefined && { scope }),
    ...(claims !== undefined && { claims: parseClaims(claims) }),
    ...(resource !== undefined && { resource }),
    ...(level !== undefined && { acr: level }),
  }
  const pias = await compose(terminal.loadConfig(), { clock: terminal.clock, logger: SILENT, node: false })
  try {
    const previewed = await createPreviewOperations({ ...pias.store, preview: pias.preview })(asked)
    return typeof previewed === 'string' ? refused(previewed, WORDS[previewed]) : asJson(previewed)
  } finally {
    await pias.close()
  }
}
