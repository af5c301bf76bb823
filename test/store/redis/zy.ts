import { Redis } from 'ioredis'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { setTimeout as sleep } from 'node:timers/promises'
const server = await startRedis({ owned: true })
const t0 = performance.now()
const log = (...a: unknown[]) => console.log(Math.round(performance.now() - t0), ...a)
const redis = new Redis(server.url, { commandTimeout: 250, socketTimeout: 500, maxRetriesPerRequest: 0, enableOfflineQueue: false, lazyConnect: true, disableClientInfo: true })
for (const e of ['error','end','close','ready','reconnecting']) redis.on(e, (x) => log(e, String(x)))
await redis.connect()
server.pause()
redis.stream.on('error', e => log('stream error', e.message))
log('before', redis.stream.listenerCount('error'))
await redis.quit().catch(e => { log('quit', e.message); })
log('listeners', redis.stream.listenerCount('error'))
redis.disconnect()
log('listeners', redis.stream.listenerCount('error'))
await sleep(3000)
await server.close()
