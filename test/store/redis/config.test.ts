import { type RedisConfig, redisConfigSchema } from '#src/store/redis/config.ts'

const problemsOf = (config: object) =>
  redisConfigSchema.safeParse(config).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []

test('a URL is enough', () => {
  const url = 'rediss://user:p%40ss@redis.example:6380/2'
  expect(redisConfigSchema.parse({ url })).toEqual({ url, keyPrefix: 'pias:' } satisfies RedisConfig)
})

test('Sentinels and Clusters are named beside it', () => {
  const sentinels = ['redis://:secret@sentinel-1.example:26379', 'redis://sentinel-2.example:26379']
  expect(problemsOf({ url: 'redis://primary', sentinels })).toEqual([])
  expect(problemsOf({ url: 'redis://node-1.example', clusterNodes: ['node-2.example:6379', '[::1]:6379'] })).toEqual([])
})

test.each<[object, string]>([
  [{}, 'url Invalid input: expected string, received undefined'],
  [{ url: 'none:secret' }, 'url must begin with redis:// or rediss://'],
  [{ url: 'secret' }, 'url is not a URL'],
  [{ url: 'redis://' }, 'url names no host'],
  [{ url: 'redis://host/secret' }, 'url may have a database number as its path, nothing else'],
  [{ url: 'redis://host?secret' }, 'url must have no query and no fragment'],
  [{ url: 'redis://host', sentinels: [] }, 'sentinels Too small: expected array to have >=1 items'],
  [{ url: 'redis://host', sentinels: ['redis://host/1'] }, 'sentinels.0 must name no database'],
  [{ url: 'redis://host/1', clusterNodes: [] }, 'url must name no database: a Cluster has one'],
  [{ url: 'redis://host', clusterNodes: ['host'] }, 'clusterNodes.0 must be host:port'],
  [{ url: 'redis://host', keyPrefix: '{pias}' }, 'keyPrefix may have letters, digits and _ . : - only'],
  [{ url: 'redis://host', tls: {} }, 'tls needs a url that begins with rediss://'],
  [
    { url: 'redis://host', sentinels: ['redis://host'], clusterNodes: [] },
    'clusterNodes cannot be set together with sentinels',
  ],
])('%j is refused, without repeating a secret', (config, problem) => {
  expect(problemsOf(config)).toEqual([problem])
  expect(problem).not.toContain('secret')
})
