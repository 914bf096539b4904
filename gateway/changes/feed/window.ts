/** What waits for one subscriber: bounded by messages and by bytes, so that nobody who stays behind costs much. */

import type { FeedMessage } from './feed.ts'
import type { FeedLimits } from './limits.ts'

export class Window {
  readonly #limits: Pick<FeedLimits, 'windowMessagesMax' | 'windowBytesMax'>
  #waiting: { readonly message: FeedMessage; readonly bytes: number }[] = []
  #bytes = 0
  #isClosed = false

  constructor(limits: Pick<FeedLimits, 'windowMessagesMax' | 'windowBytesMax'>) {
    this.#limits = limits
  }

  get messages(): number {
    return this.#waiting.length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** False where it is full. A message that is larger than all that may wait does so alone. */
  offer(message: FeedMessage, bytes: number): boolean {
    const { windowMessagesMax, windowBytesMax } = this.#limits
    const isFull = this.#waiting.length >= windowMessagesMax || this.#bytes + bytes > windowBytesMax
    if (isFull && this.#waiting.length > 0) return false
    this.put(message, bytes)
    return true
  }

  /** For what the subscriber fetched itself, when nothing was waiting, in portions that are bounded already. */
  put(message: FeedMessage, bytes: number): void {
    if (this.#isClosed) return
    this.#waiting.push({ message, bytes })
    this.#bytes += bytes
  }

  take(): FeedMessage | null {
    const first = this.#waiting.shift()
    if (first === undefined) return null
    this.#bytes -= first.bytes
    return first.message
  }

  /** Forgets what waits, and whatever comes late. */
  close(): void {
    this.#isClosed = true
    this.#waiting = []
    this.#bytes = 0
  }
}
