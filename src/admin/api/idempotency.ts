import { createHash } from 'node:crypto'
import type { Json } from '#src/kernel/runtime.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { Problem } from './problem.ts'
import type { Answer } from './route.ts'

const BEGUN = 'AdminRequest'
const ANSWERED = 'AdminAnswer'
const SECONDS = 24 * 3600

type Kept = { readonly fingerprint: string; readonly answer: Answer | Problem }

const TOLD_ONCE: Problem = { status: 409, code: 'told-once', title: 'it was done, and its secret was told once' }

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

/**
 * Does what is asked for with one Idempotency-Key once, whatever the number of requests (a draft of the IETF: The
 * Idempotency-Key HTTP Header Field): the others get the first one's answer. A key that is used for another request is
 * refused, and one whose request is not answered yet, or never was.
 */
export const createIdempotency =
  ({ artifacts }: { artifacts: Pick<ArtifactsPort, 'insertOnce' | 'find' | 'upsert'> }) =>
  async (
    request: { by: string; key: string; method: string; path: string; body: unknown },
    run: () => Promise<Answer | Problem>,
  ): Promise<Answer | Problem> => {
    const id = digest(request.by, request.key)
    const fingerprint = digest(request.method, request.path, JSON.stringify(request.body ?? null))
    if (!(await artifacts.insertOnce(BEGUN, id, SECONDS))) {
      const kept = (await artifacts.find(ANSWERED, id))?.payload as Kept | undefined
      if (kept === undefined) {
        return { status: 409, code: 'in-progress', title: 'a request with this Idempotency-Key is not answered yet' }
      }
      if (kept.fingerprint === fingerprint) return kept.answer
      return { status: 422, code: 'key-used', title: 'this Idempotency-Key was used for another request' }
    }
    const answer = await run()
    // What was done is written down with the first answer alone.
    const { noted: _, ...again } = answer as Answer
    const kept = 'once' in answer && answer.once ? TOLD_ONCE : again
    await artifacts.upsert(ANSWERED, id, { fingerprint, answer: kept } as unknown as Json, SECONDS, {})
    return answer
  }
