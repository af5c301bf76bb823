import { readFileSync } from 'node:fs'
import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
import { openClientFiles, openClientRegistry } from '#src/clients/client-registry.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import { FUNNEL_STEPS } from '#src/rollout/funnel.ts'
import { type RolloutPolicy, rolloutPolicySchema } from '#src/rollout/policy.ts'
import { type Changed, createRollouts, type Rollouts } from '#src/rollout/rollouts.ts'
import type { FunnelCount } from '#src/store/ports/funnel.ts'
import type { Store } from '#src/store/ports/store.ts'

export type SetOptions = {
  readonly client: string
  readonly reason: string
  readonly by: string
  readonly policy?: string
  readonly set?: readonly string[]
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const fail = (terminal: Terminal, words: string): void => refuse(terminal, words, 1)

/** Reads a policy from a file. @throws PiasError `config.invalid` */
export type RolloutFile = (file: string) => RolloutPolicy

/** Runs a command on the policies of the store and the client files a node would have here. */
export const withRollouts = (
  terminal: Terminal,
  client: string,
  run: (rollouts: Rollouts, store: Store, readPolicy: RolloutFile) => Promise<void>,
): Promise<void> =>
  withStore({ terminal, dataDir: terminal.defaultDataDir }, async store => {
    const { clientsDir: dir, environment } = terminal.loadConfig()
    const { clock } = terminal
    const files = openClientFiles({ dir, environment, clock, logger: SILENT })
    const clients = await openClientRegistry({ files, clients: store.clients, clock, logger: SILENT })
    if (clients.find(client) === undefined) return fail(terminal, `there is no client "${client}"`)
    const policyOfFile = (id: string) => clients.find(id)?.pias_rollout
    const rollouts = createRollouts({ rollouts: store.rollouts, policyOfFile, clock })
    await run(rollouts, store, file => checked(readPolicy(file)))
  })

const SHOWN_VERSIONS = 20
const indented = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** `rollout show`: the policy in force and its history. */
export const showRollout = (terminal: Terminal, options: { client: string; json?: true }): Promise<void> =>
  withRollouts(terminal, options.client, async rollouts => {
    const policy = await rollouts.policyOf(options.client)
    const history = await rollouts.history(options.client, SHOWN_VERSIONS)
    if (options.json) {
      terminal.stdout.write(indented({ policy, history }))
      return
    }
    terminal.stdout.write(indented(policy))
    const lines = history.map(({ version, at, by, reason, policy: stored }) => {
      const what = stored === null ? ", as in the client's file" : ''
      return `version ${version}, ${new Date(at).toISOString()}, by ${by}${what}: ${reason}\n`
    })
    terminal.stdout.write(
      lines.length === 0 ? "nothing is stored: this is what the client's file says\n" : lines.join(''),
    )
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
  if (at < 1 || path.length > 2) throw new PiasError('config.invalid', `--set ${assignment}: write path=value`)
  if (second === undefined) return { ...policy, [first]: value }
  return { ...policy, [first]: { ...(policy[first] as object), [second]: value } }
}

const readPolicy = (file: string): Record<string, unknown> => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch (cause) {
    throw new PiasError('config.invalid', `${file} is no JSON that can be read`, { cause })
  }
}

const checked = (policy: unknown): RolloutPolicy => {
  const parsed = rolloutPolicySchema.safeParse(policy, { error: inputWords })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new PiasError('config.invalid', problems.join('; '))
}

const tellChanged = (terminal: Terminal, changed: Changed): void => {
  if (changed.kind === 'changed') terminal.stdout.write(`version ${changed.version} is in force\n`)
  else fail(terminal, 'somebody else changed it at the same moment: look, and try again')
}

/**
 * `rollout set`: a whole policy, or the one in force with changes.
 * @throws PiasError `config.invalid` naming what is wrong with it
 */
export const setRollout = (terminal: Terminal, options: SetOptions): Promise<void> =>
  withRollouts(terminal, options.client, async rollouts => {
    const { client: clientId, reason, by, policy: file, set = [] } = options
    const base = file === undefined ? await rollouts.policyOf(clientId) : readPolicy(file)
    const policy = checked(set.reduce<Record<string, unknown>>(change, { ...base }))
    tellChanged(terminal, await rollouts.set({ clientId, reason, by, policy }))
  })

/** `rollout revert`: one step back, as a new version. */
export const revertRollout = (
  terminal: Terminal,
  { client: clientId, ...why }: { client: string; reason: string; by: string },
): Promise<void> =>
  withRollouts(terminal, clientId, async rollouts => {
    const outcome = await rollouts.revert({ clientId, ...why })
    if (outcome.kind === 'nothing') fail(terminal, "nothing is stored: the client's file is in force")
    else tellChanged(terminal, outcome)
  })

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** One line for each method: how many came to each step, all days together. */
const funnelLines = (counts: readonly FunnelCount[]): string[] => {
  const methods = [...new Set(counts.map(({ method }) => method))].sort()
  const sum = (method: string, step: string) =>
    counts.filter(one => one.method === method && one.step === step).reduce((total, { count }) => total + count, 0)
  const width = Math.max(...methods.map(({ length }) => length), 'method'.length) + 2
  const header = ['method'.padEnd(width), ...FUNNEL_STEPS.map(step => step.padStart(9))].join('')
  const lines = methods.map(method =>
    [method.padEnd(width), ...FUNNEL_STEPS.map(step => `${sum(method, step)}`.padStart(9))].join(''),
  )
  return [header, ...lines]
}

/** `rollout funnel`: how many people came how far since a day. */
export const rolloutFunnel = (
  terminal: Terminal,
  options: { client: string; since: string; json?: true },
): Promise<void> =>
  withRollouts(terminal, options.client, async (_rollouts, store) => {
    if (!DAY.test(options.since)) return fail(terminal, '--since wants a day, as 2026-11-28')
    const counts = await store.funnel.list([options.client], options.since)
    if (options.json) terminal.stdout.write(indented(counts))
    else if (counts.length === 0) terminal.stdout.write('nobody was counted\n')
    else terminal.stdout.write(`${funnelLines(counts).join('\n')}\n`)
  })
