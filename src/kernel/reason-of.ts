/**
 * Why a call failed, for a log or an event: an error's code, its cause's, or its name. Says nothing of the address that was
 * called or of what was answered, which messages may.
 */
export const reasonOf = (error: unknown): string => {
  const { code, cause, name } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown }; name?: string }
  // A DOMException has a number.
  return [code, cause?.code].find(one => typeof one === 'string') ?? name ?? 'unknown'
}
