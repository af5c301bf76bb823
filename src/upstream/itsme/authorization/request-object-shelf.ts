import { randomBytes } from 'node:crypto'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import { REQUEST_OBJECT_SECONDS } from './request-object.ts'

const MODEL = 'UpstreamRequest'

/** Request objects on their way to itsme by reference. */
export type RequestObjectShelf = {
  /** Lays one down. @returns its `request_uri` */
  put(object: string): Promise<string>
  /** Takes it away: of any number of calls one gets it, while it is valid. */
  take(id: string): Promise<string | undefined>
}

/**
 * Keeps request objects until itsme fetches them (RFC 9101, 5.2): under an id of 256 random bits, once, for as long as
 * the object is valid. On the store, so that any node may be asked.
 * @param options.prefix the URL they are under, as it is registered at itsme
 */
export const createRequestObjectShelf = (options: {
  artifacts: Pick<ArtifactsPort, 'upsert' | 'find' | 'consume'>
  prefix: string
}): RequestObjectShelf => {
  const { artifacts, prefix } = options
  return {
    put: async object => {
      const id = randomBytes(32).toString('base64url')
      await artifacts.upsert(MODEL, id, object, REQUEST_OBJECT_SECONDS, {})
      return prefix + id
    },
    take: async id => {
      const payload = (await artifacts.find(MODEL, id))?.payload
      if (typeof payload !== 'string') return undefined
      return (await artifacts.consume(MODEL, id)) ? payload : undefined
    },
  }
}
