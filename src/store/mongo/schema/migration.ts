import type { CreateIndexesOptions, Db, Document, IndexSpecification } from 'mongodb'

/** An index as it is made. */
export type IndexWanted = {
  readonly collection: string
  readonly keys: IndexSpecification
  readonly options: CreateIndexesOptions
}

/** One step; running it again, or after a part of it was done, must come to the same. */
export type Step = {
  readonly name: string
  readonly run: (db: Db) => Promise<void>
  /** What must be there from then on. */
  readonly index?: IndexWanted
}

/**
 * A change of the database, forward only. A released one is never edited. It must leave the database usable by the
 * version of PIAS before it (expand first, contract one release later), whose nodes still run while it is applied.
 */
export type Migration = { readonly version: number; readonly name: string; readonly steps: readonly Step[] }

const NAMESPACE_EXISTS = 48

/** A collection whose documents all satisfy the schema; for one that exists, the schema is replaced. */
export const collectionStep = (collection: string, $jsonSchema: Document): Step => ({
  name: `collection ${collection}`,
  run: async db => {
    const validation = { validator: { $jsonSchema }, validationLevel: 'strict', validationAction: 'error' } as const
    try {
      await db.createCollection(collection, validation)
    } catch (error) {
      if ((error as { code?: number }).code !== NAMESPACE_EXISTS) throw error
      await db.command({ collMod: collection, ...validation })
    }
  },
})

/** An index; making the same one again does nothing. */
export const indexStep = (collection: string, keys: IndexSpecification, options: CreateIndexesOptions = {}): Step => ({
  name: `index ${collection} (${Object.keys(keys).join(', ')})`,
  run: async db => {
    await db.collection(collection).createIndex(keys, options)
  },
  index: { collection, keys, options },
})
