import { stringify } from 'yaml'
import { z } from 'zod'
import { hasChanges, type PlannedClient } from '#src/admin/operations/client-plan.ts'
import { createPlanEntrySchema, type Fields, type WantedClient } from '#src/admin/operations/plan-entry.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { surroundingsOf, withClients } from '#src/cli/open-clients.ts'
import { failed, type Outcome } from '#src/cli/outcome.ts'
import { readDocument } from '#src/cli/read-document.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Json } from '#src/kernel/runtime.ts'

const manySchema = z.strictObject({ clients: z.array(z.record(z.string(), z.json())) })

/** Reads a file of apps. @throws PiasError `request.invalid` that names every problem */
const readWanted = async (terminal: Terminal, file: string): Promise<readonly WantedClient[]> => {
  const document = manySchema.safeParse(await readDocument(file))
  if (!document.success) throw new PiasError('request.invalid', `${file} must hold "clients", a list of apps`)
  const schema = createPlanEntrySchema(terminal.loadConfig().environment)
  const checkSurroundings = surroundingsOf(terminal)
  const problems: string[] = []
  const wanted = document.data.clients.flatMap((entry, index): WantedClient[] => {
    const given = entry as Fields
    const parsed = schema.safeParse(entry)
    const found = parsed.success
      ? checkSurroundings(parsed.data.file.client)
      : parsed.error.issues.map(({ path, message }) => ({ field: path.map(String).join('.'), message }))
    const id = `${given.client_id ?? `#${index + 1}`}`
    problems.push(...found.map(({ field, message }) => `${id}: ${field}: ${message}`))
    return parsed.success ? [parsed.data] : []
  })
  const ids = wanted.map(({ file: { client } }) => client.client_id)
  problems.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map(id => `${id}: stands twice`))
  if (problems.length > 0) throw new PiasError('request.invalid', problems.join('; '))
  return wanted
}

const SIGNS = { create: '+', update: '~', remove: '-', left: '=', unmanaged: '?', wrong: '!' } as const
const WORDS = {
  create: 'is registered',
  update: 'is changed',
  remove: 'is removed',
  left: 'is from an earlier file, and stays (--prune removes it)',
  unmanaged: 'is managed by others, and stays',
  wrong: 'cannot be done',
} as const

const toldPlan = ({ clientId, act, diff, problem, note }: PlannedClient): string => {
  const side = (value: Json | undefined): string => (value === undefined ? '(none)' : JSON.stringify(value))
  const lines = act === 'create' ? [] : diff.map(({ field, from, to }) => `    ${field}: ${side(from)} → ${side(to)}\n`)
  return `${SIGNS[act]} ${clientId} ${WORDS[act]}${problem === undefined ? '' : `: ${problem}`}\n${lines.join('')}${note === undefined ? '' : `    (${note})\n`}`
}

/** What is lost by applying a plan. */
const removedBy = (plan: readonly PlannedClient[]): readonly string[] =>
  plan.filter(({ act }) => act === 'remove').map(({ clientId }) => clientId)

/**
 * `plan` and `apply`: what a file of apps would change, and changing it. A plan is `pending` where something would change;
 * both are `wrong` where something cannot be done. What removes apps is refused where nobody confirms it.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const planClients = async (
  terminal: Terminal,
  options: { file: string; prune?: true; apply: boolean; by?: string; yes?: true },
): Promise<Outcome> => {
  const { file, prune = false, apply, by = terminal.operator, yes } = options
  const wanted = await readWanted(terminal, file)
  return withClients(terminal, async ({ plans }): Promise<Outcome> => {
    const plan = await plans.plan(wanted, { prune })
    const value = plan.map(({ write: _, ...one }) => one)
    const text = plan.map(toldPlan).join('')
    if (plan.some(({ act }) => act === 'wrong')) return { value, text, end: 'wrong' }
    if (!hasChanges(plan)) return { value, text: `${text}nothing changes\n` }
    if (!apply) return { value, text, end: 'pending' }
    const removed = removedBy(plan)
    const what = `removes ${removed.join(', ')}: nobody can log in at them any more, and no app ever gets such an id again`
    const stop = removed.length > 0 && (await unconfirmed(terminal, { yes, what, name: removed[0] ?? '' }))
    if (stop) return stop
    const stale = await plans.apply(plan, by)
    const message = `changed by others meanwhile: ${stale.join(', ')}; plan again`
    if (stale.length > 0) return { value, text, but: failed('stale', message) }
    return { value, text, note: 'applied; it counts within a second\n' }
  })
}

/** `export`: the apps of the store as a file that `plan` finds nothing to change in. @throws what the store throws */
export const exportClients = (terminal: Terminal): Promise<Outcome> =>
  withClients(terminal, async ({ plans }) => {
    const { entries: clients, left } = await plans.export()
    const note = left.length === 0 ? {} : { note: `left out, as they stand in client files: ${left.join(', ')}\n` }
    return { value: { clients }, text: stringify({ clients }), ...note }
  })
