import fc from 'fast-check'
import { createNetworks, isInNetworks, isNetwork, isPublicAddress } from '#src/kernel/address-ranges.ts'

const PUBLIC = ['8.8.8.8', '93.184.216.34', '172.15.255.255', '172.32.0.0', '2606:4700::1111', '2a02:a000::1']
const NOT_PUBLIC = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.255',
  '169.254.169.254',
  '172.16.0.1',
  '192.0.0.1',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '2001:db8::1',
  '2001::1',
  '2002:7f00:1::',
  '100::1',
  'fd00:ec2::254',
  '5f00::1',
  '3fff::1',
]

test.each(PUBLIC)('%s is public', address => {
  expect(isPublicAddress(address)).toBe(true)
})

test.each(NOT_PUBLIC)('%s is not', address => {
  expect(isPublicAddress(address)).toBe(false)
})

const octet = fc.integer({ min: 0, max: 255 })
const ipv4 = fc.tuple(octet, octet, octet, octet)

test('an IPv4 address inside an IPv6 one counts as itself, however it is written', () => {
  const hex = (a: number, b: number) => ((a << 8) | b).toString(16)
  fc.assert(
    fc.property(ipv4, ([a, b, c, d]) => {
      const dotted = `${a}.${b}.${c}.${d}`
      const groups = `${hex(a, b)}:${hex(c, d)}`
      const wrapped = [`::ffff:${dotted}`, `::ffff:${groups}`, `0:0:0:0:0:ffff:${groups}`, `64:ff9b::${groups}`]
      for (const address of [...wrapped, `64:ff9b:1::${groups}`]) {
        expect([address, isPublicAddress(address)]).toEqual([address, isPublicAddress(dotted)])
        expect(isInNetworks(createNetworks(['10.0.0.0/8']), address)).toBe(a === 10)
      }
    }),
  )
})

test('no address of a private range is public', () => {
  fc.assert(
    fc.property(octet, octet, octet, (b, c, d) => {
      expect(isPublicAddress(`10.${b}.${c}.${d}`)).toBe(false)
      expect(isPublicAddress(`127.${b}.${c}.${d}`)).toBe(false)
      expect(isPublicAddress(`192.168.${c}.${d}`)).toBe(false)
      expect(isPublicAddress(`172.${16 + (b % 16)}.${c}.${d}`)).toBe(false)
    }),
  )
})

test.each([
  ['10.0.0.0/8', true],
  ['fd00::/8', true],
  ['10.0.0.0', false],
  ['10.0.0.0/33', false],
  ['fd00::/129', false],
  ['10.0.0/8', false],
  ['10.0.0.0/8/8', false],
  ['example.com/8', false],
])('%s as a network: %s', (text, expected) => {
  expect(isNetwork(text)).toBe(expected)
})
