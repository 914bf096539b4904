/** What can be seen of a cluster from outside. Nothing that is told here changes what happens. */

import type { System } from '../../../schema/record.ts'
import type { WriterCall } from '../../../subgraphs/kit/ledger/calls.ts'
import type { Forced } from '../kernel/disk.ts'
import type { Situation } from '../situations.ts'
import type { WriterResult } from './system-process.ts'

export interface Observer {
  /** A group has reached the forced part of a disk. */
  forced(system: System, forced: Forced): void
  /** A system answers a call of a gateway. */
  answered(system: System, call: WriterCall, answer: WriterResult, gateway: string): void
  /** A coordinator was told what cannot be. */
  contradicted(text: string): void
  happened(situation: Situation): void
  /** One process, or all of a host. */
  died(): void
  /** For those who want to read what went on. */
  noted(process: string, text: () => string): void
}
