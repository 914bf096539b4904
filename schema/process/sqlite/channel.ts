/** Calls to one worker thread, as promises. All calls of one turn of the event loop travel as one message. */

import { Worker } from 'node:worker_threads'
import type { Answered, Posted } from '../numbered-calls.ts'
import { StoreClosed, StoreFailed, StoreUnfit } from '../store-faults.ts'
import type { FromWorker, ToWorker } from './messages.ts'

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** What a call leaves behind is small and soon over: with the usual room for it each thread would grow to many times its need. */
const RESOURCES = { maxYoungGenerationSizeMb: 12 }

export interface ChannelOptions {
  /** As it begins a message, for example `The ERP store`. */
  readonly name: string
  /** The compiled module that the worker runs. */
  readonly thread: URL
  /** What the thread finds as its `workerData`. */
  readonly data: unknown
}

/** `Results` gives the result of each call by its name. */
export class Channel<Call extends { readonly call: keyof Results }, Results extends object> {
  readonly #worker: Worker
  readonly #name: string
  readonly #exited: Promise<void>
  readonly #pending = new Map<number, Pending>()
  #opening: Pending | null = null
  #unsent: Posted<Call>[] = []
  #lastNumber = 0
  /** Why no call is taken any longer. */
  #ended: Error | null = null
  #drained: (() => void) | null = null

  /** Starts the worker, which loads its code and touches no file before `open`. */
  constructor({ name, thread, data }: ChannelOptions) {
    this.#name = name
    this.#worker = new Worker(thread, { name, workerData: data, execArgv: [], resourceLimits: RESOURCES })
    this.#worker.on('message', (message: FromWorker<unknown>) => this.#receive(message))
    this.#worker.on('error', (cause) => this.#end(new StoreFailed(`${this.#name} has failed`, { cause })))
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end(new StoreFailed(`${this.#name} has failed`))
        resolve()
      })
    })
  }

  /** Whether the worker has ended although nobody closed it. */
  get hasFailed(): boolean {
    return this.#ended instanceof StoreFailed
  }

  /** Resolves when the worker has opened its file; rejects with StoreUnfit or StoreFailed where it cannot. */
  open(): Promise<void> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#opening = { resolve: () => resolve(), reject }
      this.#post({ message: 'OPEN' })
    })
  }

  /** Rejects with StoreFailed where there is no answer, with StoreClosed after `close`. */
  call<Name extends keyof Results & Call['call']>(call: Extract<Call, { call: Name }>): Promise<Results[Name]> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#lastNumber += 1
      this.#pending.set(this.#lastNumber, { resolve: (result) => resolve(result as Results[Name]), reject })
      if (this.#unsent.length === 0) setImmediate(() => this.#send())
      this.#unsent.push({ number: this.#lastNumber, call })
    })
  }

  /** Waits for the answers to all calls, then ends the worker. May be called again. */
  async close(): Promise<void> {
    this.#ended = new StoreClosed(`${this.#name} is closed`)
    if (this.#pending.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
    }
    this.#post({ message: 'CLOSE' })
    await this.#exited
  }

  #send(): void {
    const calls = this.#unsent
    this.#unsent = []
    try {
      this.#post({ message: 'CALLS', calls })
    } catch (error) {
      // A value that no message can carry: nothing of the message was sent.
      this.#settle(calls.map(({ number }) => ({ number, ok: false, cause: String(error) })))
    }
  }

  #post(message: ToWorker<Call>): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWorker<unknown>): void {
    switch (message.message) {
      case 'READY':
        this.#opening?.resolve(null)
        this.#opening = null
        break
      case 'REFUSED': {
        const cause = new Error(message.cause)
        this.#end(new (message.isUnfit ? StoreUnfit : StoreFailed)(`${this.#name} could not be opened`, { cause }))
        break
      }
      case 'ANSWERS':
        this.#settle(message.answers)
    }
  }

  #settle(answers: readonly Answered<unknown>[]): void {
    for (const answer of answers) {
      const pending = this.#pending.get(answer.number)
      this.#pending.delete(answer.number)
      if (answer.ok) pending?.resolve(answer.result)
      else pending?.reject(new StoreFailed(`${this.#name} gave no answer`, { cause: new Error(answer.cause) }))
    }
    if (this.#pending.size === 0) this.#drained?.()
  }

  #end(reason: Error): void {
    this.#ended ??= reason
    this.#opening?.reject(reason)
    this.#opening = null
    for (const { reject } of this.#pending.values()) reject(reason)
    this.#pending.clear()
    this.#drained?.()
  }
}
