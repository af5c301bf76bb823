import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/**
 * Addresses that are not on the public Internet, or stand for ones that may not be (IANA special-purpose registries,
 * RFC 6890): loopback, link-local with the metadata services of clouds, private, shared, benchmarking, documentation,
 * multicast, reserved, discard.
 */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Only global unicast (2000::/3) is public, and of that not these: Teredo and 6to4 hide IPv4 addresses. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']
const GLOBAL_IPV6 = '2000::/3'

/** Networks in CIDR notation. */
export const createNetworks = (networks: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}

/** Whether this is a network in CIDR notation, such as `10.20.0.0/16` or `fd00::/8`. */
export const isNetwork = (text: string): boolean => {
  const [address = '', bits = '', ...more] = text.split('/')
  if (more.length > 0 || !/^\d{1,3}$/.test(bits)) return false
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128)
}

const special4 = createNetworks(SPECIAL_IPV4)
const special6 = createNetworks(SPECIAL_IPV6)
const global6 = createNetworks([GLOBAL_IPV6])

/** The 16 bytes of an IPv6 address, which may end like an IPv4 one. */
const bytesOf = (address: string): Buffer => {
  const url = new URL(`http://[${address.replace(/%.*$/, '')}]`)
  const [head = '', tail] = url.hostname.slice(1, -1).split('::')
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const before = groups(head)
  const after = groups(tail)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return Buffer.from([...before, ...zeros, ...after].map(group => group.padStart(4, '0')).join(''), 'hex')
}

/** Prefixes after which an IPv4 address follows as the last four bytes: mapped (RFC 4291), and NAT64 (RFC 6052, RFC 8215). */
const EMBEDDING = ['00000000000000000000ffff', '0064ff9b0000000000000000', '0064ff9b0001000000000000']

const embeddedIPv4 = (address: string): string | undefined => {
  const bytes = bytesOf(address)
  const isEmbedding = EMBEDDING.includes(bytes.subarray(0, 12).toString('hex'))
  return isEmbedding ? [...bytes.subarray(12)].join('.') : undefined
}

/** An address as it is reached: IPv4 where an IPv6 address only wraps one. */
const unwrapped = (address: string): string => (isIPv4(address) ? address : (embeddedIPv4(address) ?? address))

/** Whether an address is on the public Internet, by all that it stands for. */
export const isPublicAddress = (address: string): boolean => {
  const reached = unwrapped(address)
  if (isIPv4(reached)) return !special4.check(reached, 'ipv4')
  return isIPv6(reached) && global6.check(reached, 'ipv6') && !special6.check(reached, 'ipv6')
}

/** Whether an address is in one of the networks, also where it is wrapped. */
export const isInNetworks = (networks: BlockList, address: string): boolean => {
  const reached = unwrapped(address)
  return networks.check(reached, isIPv4(reached) ? 'ipv4' : 'ipv6')
}

/** The first bytes of an address as a key; IPv4 and IPv6 are never the same. */
const prefixOf = (address: string, bytes: { v4: number; v6: number }): string => {
  const reached = unwrapped(address)
  if (isIPv4(reached)) return reached.split('.').slice(0, bytes.v4).join('.')
  return isIPv6(reached) ? `${bytesOf(reached).subarray(0, bytes.v6).toString('hex')}:` : reached
}

/** An address as far as one connection has it: of IPv6 the /64. */
export const addressKey = (address: string): string => prefixOf(address, { v4: 4, v6: 8 })

/** The network an address is in, as they are given to an organisation: /24, of IPv6 /48. */
export const networkKey = (address: string): string => prefixOf(address, { v4: 3, v6: 6 })

const loopback = createNetworks(['127.0.0.0/8', '::1/128'])

/** Whether an address is this very machine. */
export const isLoopback = (address: string): boolean =>
  isIP(address.replace(/%.*$/, '')) !== 0 && isInNetworks(loopback, address)
