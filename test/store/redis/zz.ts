import { openRedisStore } from '#src/store/redis/open.ts'
import { startRedis } from '#test/support/servers/start-redis.ts'
import { setTimeout as sleep } from 'node:timers/promises'
const server = await startRedis({ owned: true })
const t0 = performance.now()
const log = (...a: unknown[]) => console.log(Math.round(performance.now() - t0), ...a)
try {
const store = await openRedisStore({ url: server.url, clock: Date.now })
const find = async (n: number) => { const s = performance.now(); const e = await Promise.all(Array.from({length:n}, (_, i) => store.artifacts.find('S', `${i}`).then(() => 'ok', e => e.message))); log('calls', n, Math.round(performance.now() - s), [...new Set(e)]) }
await find(10)
log('pause'); server.pause()
await find(200)
for (let i = 0; i < 8; i++) { await find(1); await sleep(20) }
log('resume'); server.resume()
for (let i = 0; i < 20; i++) { await find(1); await sleep(100) }
log('kill'); server.kill()
await find(200)
for (let i = 0; i < 4; i++) { await find(1); await sleep(20) }
await server.restart()
log('restarted')
for (let i = 0; i < 20; i++) { await find(1); await sleep(100) }
log('pause, close'); server.pause()
await store.close()
log('closed'); 
await openRedisStore({ url: server.url, clock: Date.now }).catch(e => log(e.message))
server.resume()
} finally { await server.close() }
log('end')
setTimeout(() => log('still'), 3000).unref()
