import type { CustomerLine } from '#examples/customer-data/records/to-line.ts'
import { type CustomerKey, SERVICE_LINES } from '#src/kernel/customer.ts'
import personas from './personas.json' with { type: 'json' }

/** The personas of the itsme simulator, by their ids there. */
export type PersonaId = keyof typeof personas

/**
 * What PIAS should make of a persona's first login.
 * `link`: exactly these records are linked without a question. `confirm`: these are the persona's own too, but too weak
 * to link; each can be proved with its customer number and invoice reference.
 */
export type PersonaTruth = { readonly link: readonly CustomerKey[]; readonly confirm: readonly CustomerKey[] }

type Records = { readonly [kind in 'link' | 'confirm' | 'others']: readonly CustomerLine[] }

/** A persona's own records, or the persona whose records these are: the same person under another itsme account. */
const entries = Object.entries(personas) as readonly [PersonaId, Records | PersonaId][]

const recordsOf = (id: PersonaId): Records => {
  const entry = personas[id] as Records | PersonaId
  return typeof entry === 'string' ? recordsOf(entry) : entry
}

const keyOf = (line: CustomerLine): CustomerKey => {
  const serviceLine = SERVICE_LINES.find(known => known === line.serviceLine)
  if (!serviceLine) throw new Error(`personas.json: ${line.customerId} has no service line`)
  return { serviceLine, customerId: line.customerId }
}

/** By service line and customer id, as `AccountsPort.customersOf` lists them. */
const sortedKeys = (lines: readonly CustomerLine[]): readonly CustomerKey[] =>
  lines.map(keyOf).sort((a, b) => (`${a.serviceLine} ${a.customerId}` < `${b.serviceLine} ${b.customerId}` ? -1 : 1))

/** The records around the personas: their own, and `others` of people near them that must never be linked. */
export const personaLines = (): readonly CustomerLine[] =>
  entries.flatMap(([, entry]) => (typeof entry === 'string' ? [] : [...entry.link, ...entry.confirm, ...entry.others]))

/** What each persona's login must lead to, for tests. */
export const personaTruth = (): Readonly<Record<PersonaId, PersonaTruth>> =>
  Object.fromEntries(
    entries.map(([id]) => {
      const { link, confirm } = recordsOf(id)
      return [id, { link: sortedKeys(link), confirm: sortedKeys(confirm) }]
    }),
  ) as Record<PersonaId, PersonaTruth>
