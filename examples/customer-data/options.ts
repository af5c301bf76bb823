import { GROUNDS, type GroundName } from './population/grounds.ts'
import { LEVELS, type Level } from './world.ts'

/** Reads a number of a command line. @throws Error for anything else */
export const wholeNumber = (text: string, option: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`--${option} must be a whole number`)
}

/** Reads the level of a command line. @throws Error for another word */
export const toLevel = (text: string): Level => {
  if (Object.hasOwn(LEVELS, text)) return text as Level
  throw new Error(`--level must be one of ${Object.keys(LEVELS).join(', ')}`)
}

/** Reads the ground of a command line. @throws Error for another word */
export const toGround = (text: string): GroundName => {
  if (Object.hasOwn(GROUNDS, text)) return text as GroundName
  throw new Error(`--ground must be one of ${Object.keys(GROUNDS).join(', ')}`)
}
