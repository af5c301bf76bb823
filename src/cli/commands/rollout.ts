import { readFileSync } from 'node:fs'
import { clientFilesOf } from '#src/cli/client-files.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { withStore } from '#src/cli/offline.ts'
import { failed, notFound, type Outcome, refused } from '#src/cli/outcome.ts'
import { SILENT } from '#src/cli/silent.ts'
import { type Terminal, tell, timeOf } from '#src/cli/terminal.ts'
import { openClientRegistry } from '#src/clients/client-registry.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import { type RolloutPolicy, rolloutPolicySchema } from '#src/rollout/policy.ts'
import { type Changed, createRollouts, type Rollouts } from '#src/rollout/rollouts.ts'
import type { Store } from '#src/store/ports/store.ts'

export type SetOptions = {
  readonly client: string
  readonly reason: string
  readonly policy?: string
  readonly set?: readonly string[]
  readonly yes?: true
}

/** Reads a policy from a file. @throws PiasError `request.invalid` */
export type RolloutFile = (file: string) => RolloutPolicy

/** Runs a command on the policies of the store and the client files a node would have here. */
export const withRollouts = (
  terminal: Terminal,
  client: string,
  run: (rollouts: Rollouts, store: Store, readPolicy: RolloutFile) => Promise<Outcome>,
): Promise<Outcome> =>
  withStore({ terminal }, async store => {
    const { clock } = terminal
    const files = clientFilesOf(terminal)
    const clients = await openClientRegistry({ files, clients: store.clients, clock, logger: SILENT })
    if (clients.find(client) === undefined) return notFound(`there is no client "${client}"`)
    const policyOfFile = (id: string) => clients.find(id)?.pias_rollout
    const rollouts = createRollouts({ rollouts: store.rollouts, policyOfFile, clock })
    return run(rollouts, store, file => checked(readPolicy(file)))
  })

const SHOWN_VERSIONS = 20

/** The version in force: what is done after a question is done over this one or not at all. */
const seenVersion = async (rollouts: Rollouts, clientId: string): Promise<number> =>
  (await rollouts.history(clientId, 1))[0]?.version ?? 0

/** As the admin API shows it, with what each version was; `older`: how many there are before those. */
const viewOf = async (rollouts: Rollouts, clientId: string) => {
  const policy = await rollouts.policyOf(clientId)
  const history = await rollouts.history(clientId, SHOWN_VERSIONS)
  const versions = history.map(({ version, at, by, reason, policy: stored }) => ({
    version,
    at,
    by,
    reason,
    policy: stored,
  }))
  return { policy, versions, older: Math.max(0, (versions.at(-1)?.version ?? 1) - 1) }
}

/** `rollout show`: the policy in force and its history. */
export const showRollout = (terminal: Terminal, options: { client: string }): Promise<Outcome> =>
  withRollouts(terminal, options.client, async rollouts => {
    const value = await viewOf(rollouts, options.client)
    const lines = value.versions.map(({ version, at, by, reason, policy: stored }) => {
      const what = stored === null ? ", as in the client's file" : ''
      return `version ${version}, ${timeOf(at)}, by ${by}${what}: ${reason}\n`
    })
    if (value.older > 0) lines.push(`and ${value.older} before it\n`)
    const history = lines.join('') || "nothing is stored: this is what the client's file says\n"
    return { value, text: `${JSON.stringify(value.policy, null, 2)}\n${history}` }
  })

/** Changes one thing of a policy: `existing.percentage=20`. Words that are no JSON are text. */
const change = (policy: Record<string, unknown>, assignment: string): Record<string, unknown> => {
  const at = assignment.indexOf('=')
  const path = assignment.slice(0, Math.max(at, 0)).split('.')
  const text = assignment.slice(at + 1)
  let value: unknown = text
  try {
    value = JSON.parse(text)
  } catch {
    // A word.
  }
  const [first = '', second] = path
  if (at < 1 || path.length > 2) throw new PiasError('request.invalid', `--set ${assignment}: write path=value`)
  if (second === undefined) return { ...policy, [first]: value }
  return { ...policy, [first]: { ...(policy[first] as object), [second]: value } }
}

const readPolicy = (file: string): Record<string, unknown> => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch (cause) {
    throw new PiasError('request.invalid', `${file} is not readable JSON`, { cause })
  }
}

const checked = (policy: unknown): RolloutPolicy => {
  const parsed = rolloutPolicySchema.safeParse(policy, { error: inputWords })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new PiasError('request.invalid', problems.join('; '))
}

const toldChanged = async (rollouts: Rollouts, clientId: string, changed: Changed): Promise<Outcome> =>
  changed.kind === 'changed'
    ? { value: await viewOf(rollouts, clientId), text: `version ${changed.version} is in force\n` }
    : failed('stale', 'somebody else changed it at the same moment: look at it, and try again')

/**
 * `rollout set`: a whole policy, or the one in force with changes. Refused where nobody confirms it.
 * @throws PiasError `request.invalid` naming what is wrong with it
 */
export const setRollout = (terminal: Terminal, options: SetOptions): Promise<Outcome> =>
  withRollouts(terminal, options.client, async rollouts => {
    const { client: clientId, reason, policy: file, set = [], yes } = options
    const seen = await seenVersion(rollouts, clientId)
    const base = file === undefined ? await rollouts.policyOf(clientId) : readPolicy(file)
    const policy = checked(set.reduce<Record<string, unknown>>(change, { ...base }))
    if (!yes) tell(terminal, `${JSON.stringify(policy, null, 2)}\n`)
    const what = `puts this policy in force at ${clientId}, from the next request on`
    const stop = await unconfirmed(terminal, { yes, what, name: clientId })
    return (
      stop ??
      toldChanged(rollouts, clientId, await rollouts.set({ clientId, reason, by: terminal.operator, seen, policy }))
    )
  })

/** `rollout revert`: one step back, as a new version. Refused where nothing is stored, or nobody confirms it. */
export const revertRollout = (
  terminal: Terminal,
  { client: clientId, reason, yes }: { client: string; reason: string; yes?: true },
): Promise<Outcome> =>
  withRollouts(terminal, clientId, async rollouts => {
    const seen = await seenVersion(rollouts, clientId)
    const what = `puts in force at ${clientId} what was before the policy in force, from the next request on`
    const stop = await unconfirmed(terminal, { yes, what, name: clientId })
    if (stop !== undefined) return stop
    const outcome = await rollouts.revert({ clientId, reason, by: terminal.operator, seen })
    return outcome.kind === 'nothing'
      ? refused('nothing', "nothing is stored: the client's file is in force")
      : toldChanged(rollouts, clientId, outcome)
  })
