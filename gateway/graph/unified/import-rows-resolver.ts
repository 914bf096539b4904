/** What became of an import's rows, and what was done to it: the lists of an import. */

import 'reflect-metadata'
import { Arg, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import type { Outcome } from '../../imports/job/outcome.ts'
import { RowOutcomeEnum } from './import-enums.ts'
import { ImportAuditConnection, ImportFailureConnection, ImportRowConnection } from './import-list-types.ts'
import { pageOf, readPage } from './import-page.ts'
import type { ImportPorts } from './import-resolver.ts'
import { ImportJobObject } from './import-types.ts'
import { auditObject, failureObject, rowObject } from './import-view.ts'

const ROWS = 20
const ENTRIES = 50
const FIRST = 'How many at most.'
const AFTER = 'Continues after the one with this cursor.'

@Resolver(() => ImportJobObject)
export class ImportRowsResolver {
  readonly #ports: ImportPorts

  constructor(ports: ImportPorts) {
    this.#ports = ports
  }

  @FieldResolver(() => ImportFailureConnection, { description: 'The rows that failed, in the order of their file.' })
  async failures(
    @Root() { job }: ImportJobObject,
    @Arg('first', () => Int, { nullable: true, defaultValue: ROWS, description: FIRST })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
  ): Promise<ImportFailureConnection> {
    const { imports, pageSizeMax } = this.#ports
    const list = ['failures', job.id]
    const page = readPage(list, { first: first ?? ROWS, after: after ?? null }, pageSizeMax)
    const found = await imports.outcomes(job.id, { after: page.after ?? 0, limit: page.limit, only: 'FAILED' })
    const nodes = found.outcomes.flatMap(({ outcome }) =>
      outcome.outcome === 'FAILED' ? [{ number: outcome.row, node: failureObject(job, outcome) }] : [],
    )
    return pageOf(list, page, nodes, found.hasMore)
  }

  @FieldResolver(() => ImportRowConnection, {
    description:
      'Rows that have their outcome, in the order of their file. Those that an import never came to before it ended are ' +
      'counted as not attempted, and not listed.',
  })
  async rows(
    @Root() { job }: ImportJobObject,
    @Arg('outcome', () => RowOutcomeEnum, { nullable: true, description: 'Those of this outcome; all if left out.' })
    outcome: Outcome | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: ROWS, description: FIRST })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
  ): Promise<ImportRowConnection> {
    const { imports, pageSizeMax } = this.#ports
    const list = ['rows', job.id, outcome ?? null]
    const page = readPage(list, { first: first ?? ROWS, after: after ?? null }, pageSizeMax)
    const only = outcome ?? null
    const found = await imports.outcomes(job.id, { after: page.after ?? 0, limit: page.limit, only })
    const nodes = found.outcomes.map((kept) => ({ number: kept.outcome.row, node: rowObject(kept.outcome) }))
    return pageOf(list, page, nodes, found.hasMore)
  }

  @FieldResolver(() => ImportAuditConnection, { description: 'Who did what to the import, the oldest first.' })
  async audit(
    @Root() { job }: ImportJobObject,
    @Arg('first', () => Int, { nullable: true, defaultValue: ENTRIES, description: FIRST })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: AFTER }) after: string | null,
  ): Promise<ImportAuditConnection> {
    const { imports, pageSizeMax } = this.#ports
    const list = ['audit', job.id]
    const page = readPage(list, { first: first ?? ENTRIES, after: after ?? null }, pageSizeMax)
    const found = await imports.audit(job.id, { after: page.after ?? 0, limit: page.limit + 1 })
    const nodes = found.slice(0, page.limit).map((entry) => ({ number: entry.number, node: auditObject(entry) }))
    return pageOf(list, page, nodes, found.length > page.limit)
  }
}
