import type { Json } from '#src/kernel/runtime.ts'
import type { ArtifactIndexes, StoredArtifact } from '#src/store/ports/artifacts.ts'
import { keySegment } from './keys.ts'
import { CONSUMED_LENGTH, HEADER_LENGTH, STAMP_LENGTH } from './scripts.ts'

/** The artifact but for its header: the key segments of its indexes (a missing one is empty), then its payload. */
export const toArtifactBody = (payload: Json, { grantId, uid, userCode }: ArtifactIndexes): string => {
  const segments = [grantId, uid, userCode].map(index => (index === undefined ? '' : keySegment(index)))
  return `${segments.join(' ')}\n${JSON.stringify(payload)}`
}

/** `consumedAt` as it stands in an artifact. */
export const toConsumedAt = (now: number): string => String(now).padStart(CONSUMED_LENGTH, '0')

/** Reads an artifact as `scripts.ts` describes it; the indexes are key segments, empty where there is none. */
export const parseArtifact = (stored: string): { artifact: StoredArtifact; uid: string; userCode: string } => {
  const end = stored.indexOf('\n')
  const [, uid = '', userCode = ''] = stored.slice(HEADER_LENGTH, end).split(' ')
  const consumedAt = stored.slice(STAMP_LENGTH, HEADER_LENGTH).trim()
  const payload = JSON.parse(stored.slice(end + 1)) as Json
  const artifact = { payload, ...(consumedAt !== '' && { consumedAt: Number(consumedAt) }) }
  return { artifact, uid, userCode }
}
