import { stringify } from 'yaml'
import { z } from 'zod'
import { adviseOn, type ClientFinding, problemsOf, toFinding } from '#src/admin/operations/client-lint.ts'
import { hasChanges, type PlannedClient } from '#src/admin/operations/client-plan.ts'
import { createPlanEntrySchema, type Fields, type WantedClient } from '#src/admin/operations/plan-entry.ts'
import { unconfirmed } from '#src/cli/confirm.ts'
import { surroundingsOf, withClients } from '#src/cli/open-clients.ts'
import { failed, type Outcome, refused } from '#src/cli/outcome.ts'
import { readDocument } from '#src/cli/read-document.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Json } from '#src/kernel/runtime.ts'

const manySchema = z.strictObject({ clients: z.array(z.record(z.string(), z.json())) })

/** A finding with the app of the file that it is about: by its id, else by its place. */
type AppFinding = ClientFinding & { readonly clientId: string }

const toldFindings = (kind: string, findings: readonly AppFinding[]): string =>
  findings.map(({ clientId, field, reason, fix }) => `${kind}: ${clientId}: ${field}: ${reason}; ${fix}\n`).join('')

const TWICE = { field: 'client_id', message: 'stands twice' }

/** Reads a file of apps, and all that is wrong with them. @throws PiasError `request.invalid` for one that is no list of apps */
const readWanted = async (
  terminal: Terminal,
  file: string,
): Promise<{ wanted: readonly WantedClient[]; errors: readonly AppFinding[] }> => {
  const document = manySchema.safeParse(await readDocument(file))
  if (!document.success) throw new PiasError('request.invalid', `${file} must hold "clients", a list of apps`)
  const schema = createPlanEntrySchema(terminal.loadConfig().environment)
  const checkSurroundings = surroundingsOf(terminal)
  const errors: AppFinding[] = []
  const ids = new Set<string>()
  const wanted = document.data.clients.flatMap((entry, index): WantedClient[] => {
    const given = entry as Fields
    const parsed = schema.safeParse(entry)
    const clientId = `${given.client_id ?? `#${index + 1}`}`
    const found = parsed.success
      ? checkSurroundings(parsed.data.file.client)
      : problemsOf(entry, parsed.error, checkSurroundings)
    const problems = ids.has(clientId) ? [...found, TWICE] : found
    ids.add(clientId)
    errors.push(...problems.map(problem => ({ clientId, ...toFinding(problem) })))
    return parsed.success ? [parsed.data] : []
  })
  return { wanted, errors }
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

/** What might be better of what would be written. */
const advised = (plan: readonly PlannedClient[], wanted: readonly WantedClient[]): readonly AppFinding[] => {
  const changed = new Set(plan.filter(({ write }) => write !== undefined).map(({ clientId }) => clientId))
  return wanted
    .map(({ file: { client } }) => client)
    .filter(({ client_id: clientId }) => changed.has(clientId))
    .flatMap(client => adviseOn(client).map(advice => ({ clientId: client.client_id, ...advice })))
}

/** What is lost by applying a plan. */
const removedBy = (plan: readonly PlannedClient[]): readonly string[] =>
  plan.filter(({ act }) => act === 'remove').map(({ clientId }) => clientId)

/**
 * `plan` and `apply`: what a file of apps would change, and changing it. A plan is `pending` where something would change;
 * both are `wrong` where something cannot be done, and refused with `client.invalid`
 * and every finding where the file does not hold. What might be better is told beside them. What removes apps is refused where nobody confirms it.
 * @throws PiasError `request.invalid`, and what the store throws
 */
export const planClients = async (
  terminal: Terminal,
  options: { file: string; prune?: true; apply: boolean; yes?: true },
): Promise<Outcome> => {
  const { file, prune = false, apply, yes } = options
  const { wanted, errors } = await readWanted(terminal, file)
  if (errors.length > 0) {
    return refused('client.invalid', `${file} does not hold`, { errors, text: toldFindings('error', errors) })
  }
  return withClients(terminal, async ({ plans }): Promise<Outcome> => {
    const plan = await plans.plan(wanted, { prune })
    const advice = advised(plan, wanted)
    const value = plan.map(({ write: _, ...one }) => {
      const warnings = advice
        .filter(({ clientId }) => clientId === one.clientId)
        .map(({ clientId: __, ...told }) => told)
      return { ...one, ...(warnings.length > 0 && { warnings }) }
    })
    const note = toldFindings('warning', advice)
    const text = plan.map(toldPlan).join('')
    if (plan.some(({ act }) => act === 'wrong')) return { value, text, note, end: 'wrong' }
    if (!hasChanges(plan)) return { value, text: `${text}nothing changes\n` }
    if (!apply) return { value, text, note, end: 'pending' }
    const removed = removedBy(plan)
    const what = `removes ${removed.join(', ')}: nobody can log in at them any more, and no app ever gets such an id again`
    const stop = removed.length > 0 && (await unconfirmed(terminal, { yes, what, name: removed[0] ?? '' }))
    if (stop) return stop
    const stale = await plans.apply(plan, terminal.operator)
    const message = `changed by others meanwhile: ${stale.join(', ')}; plan again`
    if (stale.length > 0) return { value, text, but: failed('stale', message) }
    return { value, text, note: `${note}applied; it counts within a second\n` }
  })
}

/** `export`: the apps of the store as a file that `plan` finds nothing to change in. @throws what the store throws */
export const exportClients = (terminal: Terminal): Promise<Outcome> =>
  withClients(terminal, async ({ plans }) => {
    const { entries: clients, left } = await plans.export()
    const note = left.length === 0 ? {} : { note: `left out, as they stand in client files: ${left.join(', ')}\n` }
    return { value: { clients }, text: stringify({ clients }), ...note }
  })
