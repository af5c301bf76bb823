import { hash } from 'node:crypto'
import type { BlindIndex } from '#src/crypto/envelope/blind-index.ts'
import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { ArtifactIndexes, ArtifactsPort, GrantsPort, StoredArtifact } from '#src/store/ports/artifacts.ts'

/** What is sealed: the payload, and what else it is found by, so that it is not taken for another one's. */
type Content = { readonly payload: Json; readonly uid?: string | undefined; readonly userCode?: string | undefined }

/** Ids are bearer tokens of 126 random bits or more: nobody guesses them, so a plain digest hides them. */
const tokenOf = (id: string): string => hash('sha256', id, 'base64url')

const moved = (): PiasError => new PiasError('server.failed', 'an artifact was found under what it was not stored with')

/** What a store keeps of `insertOnce`: nothing that could be sealed. */
const isEmpty = (payload: Json): boolean =>
  typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0

type Options = { name: 'artifacts' | 'grants'; sealer: Sealer; userCodeToken: BlindIndex }

const createCodec = ({ name, sealer, userCodeToken }: Options) => {
  const contextOf = (model: string, idToken: string) => [name, 'payload', model, idToken]
  return {
    tokensOf: ({ grantId, uid, userCode }: ArtifactIndexes): ArtifactIndexes => ({
      ...(grantId !== undefined && { grantId: tokenOf(grantId) }),
      ...(uid !== undefined && { uid: tokenOf(uid) }),
      ...(userCode !== undefined && { userCode: userCodeToken(userCode) }),
    }),

    seal: (model: string, idToken: string, content: Content): string =>
      `${idToken} ${sealer.seal(contextOf(model, idToken), JSON.stringify(content))}`,

    open: (model: string, found: StoredArtifact, isMeant: (idToken: string, content: Content) => boolean) => {
      if (typeof found.payload !== 'string') {
        if (isEmpty(found.payload)) return found
        throw moved()
      }
      const [idToken = '', sealed = ''] = found.payload.split(' ')
      const content = JSON.parse(sealer.open(contextOf(model, idToken), sealed)) as Content
      if (!isMeant(idToken, content)) throw moved()
      return { ...found, payload: content.payload }
    },
  }
}

/**
 * Artifacts whose payload is sealed and whose ids are digests: the id of a token, session or code is what its bearer
 * shows, so a dump with ids would be a list of sessions. The store's text is the token of the id and the sealed content.
 */
export const encryptArtifacts = (artifacts: ArtifactsPort, options: Options): ArtifactsPort => {
  const { tokensOf, seal, open } = createCodec(options)

  return {
    upsert: (model, id, payload, ttlSeconds, indexes) => {
      const idToken = tokenOf(id)
      const content = { payload, uid: indexes.uid, userCode: indexes.userCode }
      return artifacts.upsert(model, idToken, seal(model, idToken, content), ttlSeconds, tokensOf(indexes))
    },
    insertOnce: (model, id, ttlSeconds) => artifacts.insertOnce(model, tokenOf(id), ttlSeconds),

    find: async (model, id) => {
      const asked = tokenOf(id)
      const found = await artifacts.find(model, asked)
      return found && open(model, found, idToken => idToken === asked)
    },
    findByUid: async (model, uid) => {
      const found = await artifacts.findByUid(model, tokenOf(uid))
      return found && open(model, found, (_, content) => content.uid === uid)
    },
    findByUserCode: async (model, userCode) => {
      const found = await artifacts.findByUserCode(model, options.userCodeToken(userCode))
      return found && open(model, found, (_, content) => content.userCode === userCode)
    },

    consume: (model, id) => artifacts.consume(model, tokenOf(id)),
    destroy: (model, id) => artifacts.destroy(model, tokenOf(id)),
    revokeByGrantId: (model, grantId) => artifacts.revokeByGrantId(model, tokenOf(grantId)),
  }
}

/** Grants as {@link encryptArtifacts} has them. */
export const encryptGrants = (grants: GrantsPort, options: Options): GrantsPort => {
  const { open } = createCodec(options)
  return {
    ...encryptArtifacts(grants, options),
    findAllByUid: async (model, uid, limit) => {
      const found = await grants.findAllByUid(model, tokenOf(uid), limit)
      return found.map(one => open(model, one, (_, content) => content.uid === uid))
    },
  }
}
