import type { Outcome } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { type Onboarding, toOnboarding } from '#src/upstream/itsme/onboarding.ts'

export type ItsmeOnboardingOptions = { readonly upstream?: string }

const NAME_WIDTH = 24

/** A name and its values, one below the other. */
const field = (name: string, ...values: readonly string[]): string[] =>
  values.map((value, index) => `  ${(index === 0 ? `${name}:` : '').padEnd(NAME_WIDTH)}${value}`)

const bullets = (title: string, texts: readonly string[]): string[] =>
  texts.length === 0 ? [] : ['', title, ...texts.map(text => `  - ${text}`)]

const requestObjectLines = ({ requestObjects: objects }: Onboarding): string[] => [
  ...field(
    'request objects',
    objects.mode === 'off' ? 'for Confirmation only' : `for all services, by ${objects.mode}`,
    `signed ${objects.signing}, encrypted ${objects.encryptionAlg} with ${objects.encryptionEnc}`,
  ),
  ...(objects.uriPrefix === undefined ? [] : field('request_uri prefix', objects.uriPrefix)),
]

const nationalNumberLines = ({ nationalNumber }: Onboarding): string[] => {
  if (nationalNumber === undefined) return field('national number', 'not requested')
  const { legalBasis, decidedBy, decidedAt } = nationalNumber
  return field('national number', `requested: ${legalBasis} (decided by ${decidedBy} on ${decidedAt})`)
}

const toText = (data: Onboarding): string =>
  [
    `Answers to itsme's onboarding questions for upstream "${data.upstream}"`,
    '',
    ...field('itsme', data.issuer),
    ...field('client id', data.clientId),
    ...field('client authentication', `${data.clientAuthentication.method}, ${data.clientAuthentication.alg}`),
    ...field('JWKS', data.jwksUri),
    ...field('PKCE', data.pkce),
    ...field(
      'tokens',
      `signed ${data.tokens.signing}`,
      `encrypted ${data.tokens.encryptionAlg.join(' or ')}, with ${data.tokens.encryptionEnc.join(' or ')}`,
    ),
    ...requestObjectLines(data),
    ...field('acr_values', ...data.acrValues),
    ...field('claims in ID token', ...data.idTokenClaims),
    ...field('claims at userinfo', ...data.userinfoClaims),
    ...nationalNumberLines(data),
    ...data.services.flatMap(service => [
      '',
      `Service for ${service.purpose} (type ${service.type})`,
      ...field('service code', service.code),
      ...field('redirect URI', ...service.redirectUris),
      ...field('scope', service.scope),
    ]),
    ...bullets('In the way:', data.obstacles),
    ...bullets('To note:', data.notes),
    ...bullets('To be sent to:', data.contact),
    '',
  ].join('\n')

/**
 * `itsme onboarding`: prints what itsme must be told of this PIAS, from its configuration; nothing is called.
 * @throws PiasError `config.*` for a configuration that cannot be used or has no such upstream of kind itsme
 */
export const itsmeOnboarding = (terminal: Terminal, options: ItsmeOnboardingOptions): Outcome => {
  const { upstreams, issuer } = terminal.loadConfig()
  const found = Object.values(upstreams).flatMap(upstream => (upstream.kind === 'itsme' ? [upstream] : []))
  const chosen = found.filter(({ id }) => options.upstream === undefined || options.upstream === id)
  if (chosen.length === 0) {
    throw new PiasError('config.invalid', `no upstream ${options.upstream ?? ''} of kind itsme is configured`)
  }
  const value = chosen.map(config => toOnboarding(config, issuer))
  return { value, text: value.map(toText).join('\n') }
}
