const V4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** The eight groups of an IPv6 address, without leading zeros. */
const groupsOf = (ip: string): string[] => {
  const [head = '', tail = ''] = ip.split('::')
  const [before, after] = [head, tail].map(part => (part === '' ? [] : part.split(':'))) as [string[], string[]]
  const zeros = ip.includes('::') ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0') : []
  return [...before, ...zeros, ...after].map(group => group.replace(/^0+(?=.)/, '') || '0')
}

/** An address as far as one connection has it: a whole IPv4 address, and of IPv6 the first 64 bits. */
export const addressOf = (ip: string): string => {
  const v4 = V4_MAPPED.exec(ip)?.[1] ?? ip
  return v4.includes(':') ? groupsOf(v4).slice(0, 4).join(':') : v4
}

/** The network an address is in, as far as one owner usually has it: 24 bits of IPv4, 48 of IPv6. */
export const networkOf = (ip: string): string => {
  const address = addressOf(ip)
  const separator = address.includes(':') ? ':' : '.'
  return address.split(separator).slice(0, 3).join(separator)
}
