import { describeStoreContract } from '#test/store/contract.ts'
import { startCluster } from './cluster.ts'
import { createBench, newPrefix } from './support.ts'

const bench = createBench()
let prefix = ''

describe('one server', () => {
  let url = ''
  let probe: ReturnType<typeof bench.probe>

  beforeAll(async () => {
    url = (await bench.server()).url
    probe = bench.probe(url)
  })

  describeStoreContract<'expiring'>(
    'Redis',
    async ({ clock }) => {
      prefix = newPrefix()
      return bench.store(url, { clock, keyPrefix: prefix })
    },
    { ports: 'expiring', elapse: seconds => probe.elapse(prefix, seconds) },
  )
})

describe('three primaries', () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>
  let probes: readonly ReturnType<typeof bench.probe>[]

  beforeAll(async () => {
    cluster = await startCluster()
    bench.ending(cluster.close)
    probes = cluster.servers.map(({ url }) => bench.probe(url))
  })

  describeStoreContract<'expiring'>(
    'Redis Cluster',
    async ({ clock }) => {
      prefix = newPrefix()
      return bench.store('', { ...cluster.config, clock, keyPrefix: prefix })
    },
    {
      ports: 'expiring',
      elapse: async seconds => {
        for (const probe of probes) await probe.elapse(prefix, seconds)
      },
    },
  )

  test('the keys spread over all of them', async () => {
    prefix = newPrefix()
    const { artifacts } = await bench.store('', { ...cluster.config, keyPrefix: prefix })
    for (let index = 0; index < 100; index++) await artifacts.upsert('Session', `${index}`, {}, 60, { uid: `${index}` })
    for (const probe of probes) expect((await probe.keys(prefix)).length).toBeGreaterThan(20)
  })
})
