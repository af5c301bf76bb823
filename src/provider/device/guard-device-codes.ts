import Provider, { type DeviceCode, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { AccountId } from '#src/kernel/identity.ts'
import { asUnavailable } from '#src/provider/store/unavailable.ts'
import type { ArtifactsPort } from '#src/store/ports/artifacts.ts'
import type { DeviceLimits } from './device-limits.ts'

/** The library's name of a code that was answered before; its class is not exported. */
export const ALREADY_USED = 'AlreadyUsedError'

/** Where somebody who is logged in answers a code, at once or after the login. */
const ANSWERING: ReadonlySet<string> = new Set(['code_verification', 'device_resume'])

/** Marks that a code has its one answer; seconds that a mark outlives the longest life of a code by far. */
const ANSWERED = 'DeviceAnswer'
const ANSWERED_TTL = 24 * 3600

type Codes = {
  find(value: string, options?: object): Promise<DeviceCode | undefined>
  findByUserCode(userCode: string, options?: object): Promise<DeviceCode | undefined>
  prototype: DeviceCode
}

/** A device that somebody let in; `device` is what it calls itself. */
export type ConnectedDevice = { readonly accountId: AccountId; readonly clientId: string; readonly device?: string }

type Persistable = { readonly exp?: number; persist(): Promise<unknown> }

const alreadyUsed = (): Error =>
  Object.assign(new errors.InvalidRequest('code has already been used'), { name: ALREADY_USED })

/**
 * What the library leaves to us about device codes: limits, polling, and that only one person answers a code. It reads a
 * code and writes it back: of two who confirm the same one at once, the later would have the device.
 */
export const guardDeviceCodes = (
  provider: Provider,
  deps: {
    limits: DeviceLimits
    artifacts: Pick<ArtifactsPort, 'insertOnce'>
    /** Notes it before the device has anything, so that its person hears of it. */
    noteDevice: (connected: ConnectedDevice) => Promise<void>
  },
): void => {
  const { limits, artifacts, noteDevice } = deps
  const codes = provider.DeviceCode as unknown as Codes
  const [find, findByUserCode] = [codes.find.bind(codes), codes.findByUserCode.bind(codes)]
  const { save } = codes.prototype
  const sessions = provider.Session.prototype as unknown as Persistable
  const { persist } = sessions
  const answered = new WeakSet<KoaContextWithOIDC>()

  /** The first write of a request with a code is its answer; a failure further on may follow. */
  const answer = async (ctx: KoaContextWithOIDC, code: DeviceCode): Promise<void> => {
    if (answered.has(ctx)) return
    answered.add(ctx)
    const first = await artifacts.insertOnce(ANSWERED, code.jti, ANSWERED_TTL).catch(asUnavailable)
    if (!first) throw alreadyUsed()
  }

  // A device page that fails for a browser without a session makes one that is not kept, and fails again over it.
  sessions.persist = async function () {
    return typeof this.exp === 'number' ? persist.call(this) : undefined
  }

  codes.find = async (value, options) => {
    const code = await find(value, options)
    const { ctx } = Provider
    const waits = code !== undefined && !code.isExpired && code.accountId === undefined && code.error === undefined
    const own = ctx?.oidc.route === 'token' && code?.clientId === ctx.oidc.client?.clientId
    if (waits && own) await limits.poll(code.jti)
    return code
  }

  codes.findByUserCode = async (userCode, options) => {
    if (Provider.ctx !== undefined) await limits.guess(Provider.ctx)
    return findByUserCode(userCode, options)
  }

  const note = async ({ accountId, clientId, params }: DeviceCode): Promise<void> => {
    if (accountId === undefined || clientId === undefined) return
    const device = params?.pias_device_name
    const named = typeof device === 'string' && { device }
    await noteDevice({ accountId: accountId as AccountId, clientId, ...named }).catch(asUnavailable)
  }

  codes.prototype.save = async function (this: DeviceCode, ...ttl) {
    const { ctx } = Provider
    if (ctx?.oidc.route === 'device_authorization') await limits.issue(ctx)
    if (ctx?.oidc.route === 'code_verification') await answer(ctx, this)
    if (ANSWERING.has(ctx?.oidc.route ?? '')) await note(this)
    return save.apply(this, ttl)
  }
}
