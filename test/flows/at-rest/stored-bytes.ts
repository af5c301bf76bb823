import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { BSON, type Db } from 'mongodb'

/** Every byte of the files in a directory, as they are on the disk now; `-wal` files are among them. */
export const readFiles = (dir: string): { readonly names: readonly string[]; readonly text: string } => {
  const names = readdirSync(dir)
  return { names, text: names.map(name => readFileSync(join(dir, name), 'utf8')).join('\n') }
}

/** Every document of a database. */
export const readDatabase = async (db: Db): Promise<string> => {
  const collections = await db.listCollections({}, { nameOnly: true }).toArray()
  const documents = await Promise.all(collections.map(({ name }) => db.collection(name).find().toArray()))
  return documents
    .flat()
    .map(document => BSON.EJSON.stringify(document))
    .join('\n')
}

/** Every key of a Redis server and what is under it. */
export const readRedis = async (url: string): Promise<string> => {
  const redis = new Redis(url)
  try {
    const keys = await redis.keys('*')
    const values = await Promise.all(
      keys.map(async key => {
        const type = await redis.type(key)
        if (type === 'string') return redis.get(key)
        if (type === 'zset') return (await redis.zrange(key, 0, '-1')).join(' ')
        if (type === 'set') return (await redis.smembers(key)).join(' ')
        throw new Error(`${key} is of a type that is not read here: ${type}`)
      }),
    )
    return keys.map((key, at) => `${key} ${values[at]}`).join('\n')
  } finally {
    redis.disconnect()
  }
}
