/** A channel that outlives its thread: where that has died, the next call starts another over the same file. */

import { Channel, type ChannelOptions } from '../../../schema/process/sqlite/channel.ts'
import { StoreFailed } from '../../../schema/process/store-faults.ts'

export class LastingChannel<Call extends { readonly call: keyof Results }, Results extends object> {
  readonly #options: ChannelOptions
  #channel: Channel<Call, Results>
  #reopening: Promise<void> | null = null
  #isClosed = false

  private constructor(options: ChannelOptions, channel: Channel<Call, Results>) {
    this.#options = options
    this.#channel = channel
  }

  /** Rejects with StoreUnfit or StoreFailed. */
  static async open<Call extends { readonly call: keyof Results }, Results extends object>(
    options: ChannelOptions,
  ): Promise<LastingChannel<Call, Results>> {
    return new LastingChannel(options, await opened<Call, Results>(options))
  }

  /**
   * Rejects with StoreFailed where there is no answer, as for all that a thread was asked before it died, with StoreClosed
   * after `close`.
   */
  async call<Name extends keyof Results & Call['call']>(call: Extract<Call, { call: Name }>): Promise<Results[Name]> {
    if (this.#channel.hasFailed && !this.#isClosed) {
      this.#reopening ??= this.#reopen()
      await this.#reopening
    }
    return this.#channel.call(call)
  }

  /** Waits for the answers to all calls. May be called again. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#reopening?.catch(() => undefined)
    await this.#channel.close()
  }

  async #reopen(): Promise<void> {
    try {
      this.#channel = await opened(this.#options)
    } catch (cause) {
      throw new StoreFailed(`${this.#options.name} could not be opened again`, { cause })
    } finally {
      this.#reopening = null
    }
  }
}

async function opened<Call extends { readonly call: keyof Results }, Results extends object>(
  options: ChannelOptions,
): Promise<Channel<Call, Results>> {
  const channel = new Channel<Call, Results>(options)
  try {
    await channel.open()
    return channel
  } catch (error) {
    await channel.close()
    throw error
  }
}
