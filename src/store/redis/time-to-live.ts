/** A time to live as Redis takes it: whole milliseconds, never shorter than asked for. Nothing is stored for 0 or less. */
export const toMilliseconds = (seconds: number): number => Math.ceil(seconds * 1000)
