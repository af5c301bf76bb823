import { writeFileSync } from 'node:fs'
import { personaOf } from '#bench/upstream/persona.ts'

type Persona = ReturnType<typeof personaOf>

const SERVICE_LINES = ['mobile', 'internet', 'tv', 'landline']

/** Persons own 1 to 4 records, one per service line: 2.5 on average. */
export const recordCountOf = (persona: number): number => 1 + (persona % SERVICE_LINES.length)

const nationalFormat = (phone: string): string =>
  `0${phone.slice(3, 6)} ${phone.slice(6, 8)} ${phone.slice(8, 10)} ${phone.slice(10)}`

/** A record as one service line holds it: the same person, written in that line's own way. */
const recordOf = (persona: Persona, line: number) => {
  const [firstName = '', secondName = ''] = persona.firstNames
  const { street, number, box, postalCode, locality } = persona.address
  const shouting = line === 1
  return {
    customerId: `C${line}${String(persona.index).padStart(7, '0')}`,
    serviceLine: SERVICE_LINES[line],
    firstName: line === 3 ? `${firstName} ${secondName}` : firstName,
    lastName: shouting ? persona.familyName.toUpperCase() : persona.familyName,
    birthDate: persona.birthdate,
    emails: [shouting ? persona.email.toUpperCase() : persona.email],
    phones: [line === 0 ? persona.phone : nationalFormat(persona.phone)],
    address: { street, number, ...(box === undefined ? {} : { box }), postalCode, locality, country: 'BE' },
    invoiceReferences: [`INV-${line}-${persona.index}`],
    role: 'holder',
    language: persona.locale.toLowerCase(),
    segment: 'consumer',
    status: 'active',
    createdAt: `202${persona.index % 5}-03-1${line}`,
  }
}

/**
 * Writes the synthetic customer base of PIAS: one JSON line per record, in the format `pias customers import` reads.
 * @returns the number of records
 */
export const writeCustomerBase = (file: string, people: number): number => {
  const lines = Array.from({ length: people }, (_, index) => {
    const persona = personaOf(index)
    return Array.from({ length: recordCountOf(index) }, (_, line) => JSON.stringify(recordOf(persona, line)))
  }).flat()
  writeFileSync(file, `${lines.join('\n')}\n`)
  return lines.length
}
