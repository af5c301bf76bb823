import type { KoaContextWithOIDC } from 'oidc-provider'

/** In this order: later ones also say that they are earlier ones. */
const BROWSERS = [
  ['Edge', /\bEdg(A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
] as const

const SYSTEMS = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b/],
  ['Linux', /\bLinux\b/],
] as const

const nameIn = (agent: string, names: readonly (readonly [string, RegExp])[]): string | undefined =>
  names.find(([, pattern]) => pattern.test(agent))?.[0]

/**
 * What a browser and its system are called, such as "Firefox · Windows": so much that its person recognises it, and no
 * more. Undefined for what is neither.
 */
export const describeBrowser = (userAgent: string): string | undefined => {
  const names = [nameIn(userAgent, BROWSERS), nameIn(userAgent, SYSTEMS)].filter(name => name !== undefined)
  return names.length === 0 ? undefined : names.join(' · ')
}

/** What a login is for: the device as it named itself (RFC 8628), else the browser of the request. */
export const deviceOf = (ctx: KoaContextWithOIDC): string | undefined => {
  const named = ctx.oidc.entities.DeviceCode?.params?.pias_device_name
  return typeof named === 'string' ? named : describeBrowser(ctx.get('User-Agent'))
}
