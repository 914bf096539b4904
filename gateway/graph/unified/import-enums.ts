/** Enums of imports, each value with its meaning. */

import type { JobDefinition } from '../../imports/job/definition.ts'
import type { JobState } from '../../imports/job/job.ts'
import type { Outcome } from '../../imports/job/outcome.ts'
import { declareEnum } from './enums.ts'

export const ImportStateEnum = declareEnum<JobState>('ImportState', 'How far an import is.', {
  AWAITING_UPLOAD: { description: 'Its file has not come yet.' },
  QUEUED: { description: 'Nobody works at it yet.' },
  VALIDATING: { description: 'Its source is read once, before anything is written: rows are counted and checked.' },
  RUNNING: { description: 'Rows are written, batch after batch.' },
  PAUSED: { description: 'Nothing is begun until it is resumed; what was under way is seen to its end.' },
  COMPLETED: { description: 'Over: every row has its outcome, and none of them failed.' },
  COMPLETED_WITH_FAILURES: { description: 'Over: every row has its outcome, and some failed.' },
  FAILED: { description: 'Over: it could not go on, as `fault` says. What was written stays.' },
  CANCELLING: { description: 'Cancelled: what was under way is seen to its end.' },
  CANCELLED: { description: 'Over: somebody cancelled it. What was written stays.' },
  EXPIRED: { description: 'Over: its file never came.' },
})

export const ImportOperationEnum = declareEnum<JobDefinition['operation']>('ImportOperation', 'What rows do.', {
  CREATE: { description: 'Each row adds a record; one that is there fails as DUPLICATE.' },
  UPDATE: { description: 'Each row changes the record of its key; one that is not there fails as NOT_FOUND.' },
  UPSERT: { description: 'Each row adds a record, or changes the one of its key.' },
  DELETE: { description: 'Each row removes the record of its key.' },
})

export const ImportAtomicityEnum = declareEnum<JobDefinition['atomicity']>(
  'ImportAtomicity',
  'Which rows are written together or not at all.',
  {
    ROW: { description: 'Each row by itself: in both systems or in neither.' },
    BATCH: { description: 'All rows of a batch; without a `batchSize` that is all rows, 5,000 at most.' },
  },
)

export const ImportModeEnum = declareEnum<JobDefinition['mode']>('ImportMode', 'Whether anything is written.', {
  COMMIT: { description: 'Rows are written.' },
  DRY_RUN: { description: 'Nothing is: outcomes are what would become of each row.' },
})

export const ImportDuplicatesEnum = declareEnum<JobDefinition['duplicates']>(
  'ImportDuplicates',
  'What becomes of rows of one file with the same key.',
  {
    FAIL: { description: 'All of them fail.' },
    FIRST_WINS: { description: 'The first is taken, the others are skipped.' },
    LAST_WINS: { description: 'The last is taken, the others are skipped.' },
  },
)

export const ImportFormatEnum = declareEnum<'CSV' | 'JSONL'>('ImportFormat', 'What a file of rows is.', {
  CSV: { description: 'Cells in lines, with some delimiter, below a header.' },
  JSONL: { description: 'JSON lines: an object a line.' },
})

export const BlankCellsEnum = declareEnum<'LEAVE' | 'CLEAR'>('BlankCells', 'What a blank cell does to its field.', {
  LEAVE: { description: 'The field stays as it is.' },
  CLEAR: { description: 'The field is emptied.' },
})

export const UnknownColumnsEnum = declareEnum<'REFUSE' | 'IGNORE'>(
  'UnknownColumns',
  'What becomes of columns that lead to no field, or that `columns` do not name.',
  {
    REFUSE: { description: 'The import fails before a row is written; a JSON row with such a name fails by itself.' },
    IGNORE: { description: 'They are passed over.' },
  },
)

export const RowOutcomeEnum = declareEnum<Outcome>('RowOutcome', 'What became of a row; in a dry run, what would.', {
  CREATED: { description: 'It added a record.' },
  UPDATED: { description: 'It changed a record.' },
  UNCHANGED: { description: 'Its record is as the row has it already.' },
  DELETED: { description: 'It removed a record.' },
  SKIPPED: { description: 'Another row of the file with the same key was taken instead.' },
  FAILED: { description: 'It was refused: nothing of it is in either system.' },
  NOT_ATTEMPTED: { description: 'The import ended before, or the row was left out for the sake of others.' },
})
