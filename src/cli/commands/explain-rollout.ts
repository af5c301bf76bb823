import { readFileSync } from 'node:fs'
import { openMatching } from '#src/cli/open-matching.ts'
import type { Outcome } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { readIdentity } from '#src/evaluation/identity-line.ts'
import type { LoginAttempt } from '#src/interaction/attempt.ts'
import { type Walked, walkJourney } from '#src/interaction/walk.ts'
import { customerKeyOf } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { AccountId, VerifiedIdentity } from '#src/kernel/identity.ts'
import { isDecisionEvent, SHADOW_TYPE } from '#src/linking/decision-record.ts'
import { createResolveLink } from '#src/linking/resolve-link.ts'
import { createModelInForce } from '#src/linking/stored-model.ts'
import { type AllowedMethods, allowedMethods, type Subject } from '#src/rollout/allowed-methods.ts'
import type { AuditEvent } from '#src/store/ports/audit.ts'
import type { Store } from '#src/store/ports/store.ts'
import { type RolloutFile, withRollouts } from './rollout.ts'

export type ExplainOptions = {
  readonly client: string
  readonly as: string
  readonly personas: string
  readonly account?: string
  readonly purpose: string
  readonly bucket: string
  readonly usedBefore?: true
  readonly policy?: string
}

/** The persona's claims, read as a login reads them. */
const readPersona = (file: string, id: string): VerifiedIdentity => {
  let personas: { id?: unknown; claims?: object }[]
  try {
    personas = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new PiasError('request.invalid', `${file} is not readable JSON: name another with --personas`, {
      cause,
    })
  }
  const found = Array.isArray(personas) ? personas.find(persona => persona.id === id) : undefined
  if (found === undefined) throw new PiasError('request.invalid', `${file} has no persona "${id}"`)
  const read = readIdentity({ identityId: id, ...found.claims })
  if ('reason' in read) throw new PiasError('request.invalid', `the persona "${id}": ${read.reason}`)
  return {
    upstream: 'upstream',
    assurance: 'verified',
    key: { issuer: 'explain', clientId: 'explain', subject: id },
    acr: 'urn:pias:acr:basic',
    amr: [],
    authTime: 0,
    claims: read.value.claims,
  }
}

/** The code of a login, on the records of the store; what it would write is heard and not written. */
const resolveDry = async (
  terminal: Terminal,
  store: Store,
  input: {
    identity: VerifiedIdentity
    linking: AllowedMethods['linking']
    account: string | undefined
    clientId: string
  },
) => {
  const { identity, linking, account, clientId } = input
  const heard: AuditEvent[] = []
  const { clock } = terminal
  // Somebody with an account is known, whether or not it is one of this store.
  const id = account as AccountId | undefined
  const known = id && ((await store.accounts.find(id)) ?? { id, createdAt: 0, updatedAt: 0, claims: {} })
  const resolve = createResolveLink({
    accounts: {
      findWithIdentity: async () => known,
      find: store.accounts.find,
      ownersOf: store.accounts.ownersOf,
      contestedAmong: store.accounts.contestedAmong,
      updateClaims: async () => true,
      open: async ({ customers, events, account: { id } }) => {
        const owners = await store.accounts.ownersOf(customers)
        const owned = customers.filter(customer => owners.has(customerKeyOf(customer)))
        if (owned.length > 0) return { kind: 'owned-elsewhere', customers: owned }
        const matched = customers.filter(({ method }) => method === 'match')
        if ((await store.accounts.contestedAmong(matched)).size > 0) return { kind: 'contested' }
        heard.push(...events)
        return { kind: 'bound', accountId: id }
      },
    },
    audit: {
      append: async events => {
        heard.push(...events)
      },
    },
    reviews: { raise: async () => false },
    ...(await openMatching(terminal, store)),
    modelInForce: createModelInForce({ keys: store.keys, clock }),
    newAccountId: () => 'explained' as AccountId,
    personOfDay: () => 'explained',
  })
  const resolution = await resolve(identity, { clientId, linking })
  return { resolution, heard }
}

/** What happens at a step, for whoever reads the table. */
const MEANINGS: Readonly<Record<Walked['step'], string>> = {
  resume: 'no page: back to the app, logged in',
  stop: 'a page: it cannot go on',
  'ask-consent': 'a page: what the app may have',
  'not-offered': 'a page: the app offers no way to log in today; back to the app',
  'choose-method': 'a page: how to log in',
  connect: 'a page: connect the upstream, now that the old password was right',
  'to-upstream': 'no page: at the upstream',
  wait: 'a page: one moment',
  retry: 'a page: try again, or back to the app',
  'warn-call': 'a page: is somebody telling you what to do?',
  'link-found': 'a page: what a proof has brought, with roles; link all, some, or later',
  'move-identity': 'a page: the identity is new, the person is not; shall it take the place of the old one?',
  'ask-person': 'a page: already a customer, or new here? It tells nothing of any record',
}

const foundLine = (heard: readonly AuditEvent[]): string => {
  const decided = heard.find(isDecisionEvent)
  if (decided === undefined) return 'matching: not asked'
  const { outcome, ruleVersion, compared, records } = decided.data.decision
  const linked = records.filter(({ verdict }) => verdict === 'linked').length
  const acted = decided.type === SHADOW_TYPE ? ' (recorded only)' : ''
  return `matching: ${outcome}${acted}, ${linked} to be linked of ${compared} compared, by ${ruleVersion}`
}

const tableOf = (walked: readonly Walked[], { methods }: AllowedMethods): string[] =>
  walked.map(({ at, step }) => {
    const ways = step === 'choose-method' ? `: ${methods.join(', ')}` : ''
    return `${at.padEnd(30)}${step.padEnd(16)}${MEANINGS[step]}${ways}`
  })

const subjectOf = (options: ExplainOptions): Subject => ({
  purpose: options.purpose === 'registration' ? 'registration' : 'login',
  bucket: Number(options.bucket),
  ...(options.account === undefined ? {} : { accountId: options.account }),
  ...(options.usedBefore === true ? { usedUpstream: true } : {}),
})

/**
 * `rollout explain`: what a persona would meet at an app, by the policy in force or one that is not in force yet, and by
 * the records of this store: the code of a login, and nothing is written.
 * @throws PiasError `request.invalid` for a policy or persona that cannot be read
 */
export const explainRollout = (terminal: Terminal, options: ExplainOptions): Promise<Outcome> =>
  withRollouts(terminal, options.client, async (rollouts, store, readPolicy: RolloutFile) => {
    const { client: clientId, account } = options
    const identity = readPersona(options.personas, options.as)
    const policy = options.policy === undefined ? await rollouts.policyOf(clientId) : readPolicy(options.policy)
    const subject = subjectOf(options)
    const now = terminal.clock()
    const allowed = allowedMethods(policy, subject, now)
    const { resolution, heard } = await resolveDry(terminal, store, {
      identity,
      account,
      clientId,
      linking: allowed.linking,
    })
    const { purpose, ...known } = subject
    const attempt: LoginAttempt = {
      uid: 'explain',
      returnTo: '',
      clientId,
      upstream: 'upstream',
      purpose,
      subject: known,
      browser: '',
      locale: 'en',
      leg: { status: 'here' },
      proofTries: 0,
    }
    const walked = walkJourney({ attempt, allowed, now, identity, resolution })
    const { methods, chooseFirst, linking, registration, afterPassword } = allowed
    const lines = [
      `ways to log in: ${methods.join(', ') || 'none'}${chooseFirst ? ', by choice' : ''}`,
      `linking: ${linking}; new accounts: ${registration}; after a password: ${afterPassword}`,
      `${foundLine(heard)}; ${resolution.kind}`,
      '',
      ...tableOf(walked, allowed),
    ]
    return { value: { allowed, resolution: resolution.kind, walked }, text: `${lines.join('\n')}\n` }
  })
