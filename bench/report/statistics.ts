import { generateKeyPairSync, sign } from 'node:crypto'

/** The value below which `share` of the values lie (nearest rank); NaN for none. */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN

/** The middle value, or the mean of the two in the middle; NaN for none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2
}

/** Creates the yardstick of a machine: microseconds of CPU per RSA-2048 signature, over 200 of them. */
export const createCalibration = (): (() => number) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rounds = 200
  return () => {
    const before = process.cpuUsage()
    for (let index = 0; index < rounds; index += 1) sign('RSA-SHA256', Buffer.from([index]), privateKey)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / rounds
  }
}
