import { createHmac, hash } from 'node:crypto'
import type { Candidate, CustomerSource } from '#src/customers/port.ts'
import { createBoundedCache } from '#src/kernel/bounded-cache.ts'
import type { ComparablePerson, CustomerRecord } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Clock, Logger } from '#src/kernel/runtime.ts'
import { createAskSystem } from '#src/upstream/transport/ask-system.ts'
import { type Answer, readAnswer } from './answer.ts'
import type { HttpSourceConfig } from './config.ts'

export type HttpSourceDeps = {
  readonly config: HttpSourceConfig
  readonly toComparablePerson: (record: CustomerRecord) => ComparablePerson
  readonly clock: Clock
  readonly logger: Logger
}

/** Answers kept: those of the people who are logging in for the first time just now. */
const MOST_CACHED = 1000
const INCOMPLETE: Answer = { complete: false, records: [] }

/**
 * A service line's own system, asked at login. One question a search, no second try: an answer that comes too late, is not
 * whole, is too large or cannot be read leaves the search incomplete, and an incomplete search never links. Complete
 * answers are used again for some seconds, so that a proof asks nothing anew.
 * @throws PiasError `config.*` as `createAskSystem`; `store.unavailable` from `findByCustomerId`
 * @see docs/decisions/0067-http-source.md
 */
export const createHttpSource = (deps: HttpSourceDeps): CustomerSource => {
  const { config, toComparablePerson, logger } = deps
  const { id, send, tokenKey, cacheSeconds, records, serviceLine } = config
  const ask = createAskSystem({
    ...deps,
    name: `customer source ${id}`,
    logged: { event: 'customer_source', source: id },
  })
  const cache = createBoundedCache<string, Answer>({ max: MOST_CACHED, maxAgeMs: cacheSeconds * 1000 })

  const askCached = async (question: string): Promise<Answer> => {
    const name = hash('sha256', question, 'base64url')
    const known = cacheSeconds > 0 ? cache.get(name) : undefined
    if (known !== undefined) return known
    const answer = await ask(question, body => readAnswer(body, serviceLine))
    if (answer.complete && cacheSeconds > 0) cache.set(name, answer)
    return answer
  }

  const tokenOf = (key: string): string =>
    createHmac('sha256', Buffer.from(tokenKey as string, 'base64url'))
      .update(key)
      .digest('base64url')

  const toCandidates = ({ records: found }: Answer): readonly Candidate[] =>
    found.map(record => ({ record, person: toComparablePerson(record) }))

  return {
    id,

    findCandidates: async (probes, limitPerKey, person) => {
      const { nationalNumber: _, ...claims } = person
      const who = send === 'tokens' ? { tokens: probes.map(tokenOf) } : { person: claims }
      const question = JSON.stringify({ search: who, limitPerKey })
      const answer = await askCached(question).catch((error: PiasError) => {
        logger.warn({ event: 'customer_source', source: id, code: error.code }, 'a customer source did not answer')
        return INCOMPLETE
      })
      return { candidates: toCandidates(answer), overflowed: [], complete: answer.complete }
    },

    termCounts: async () => ({ total: records, counts: new Map(), counted: false }),

    findByCustomerId: async customerId => {
      try {
        const answer = await askCached(JSON.stringify({ customerId, serviceLine }))
        // A wrong proof costs a try: what was not asked in full is no reason to say "wrong".
        if (!answer.complete) throw new PiasError('upstream.invalid_response', `customer source ${id} answered in part`)
        return toCandidates(answer).filter(({ record }) => record.customerId === customerId)
      } catch (cause) {
        throw new PiasError('store.unavailable', `customer source ${id} did not answer`, { cause })
      }
    },
  }
}
