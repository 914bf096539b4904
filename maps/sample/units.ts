/** Units that the sample products are sold in. */

export const UNITS = [
  {
    symbol: 'PCS',
    description: 'Pieces',
    unitClass: 'Quantity',
    decimalPrecision: 0,
    baseUnit: true,
    systemUnit: true,
  },
  { symbol: 'BOX', description: 'Boxes', unitClass: 'Quantity', decimalPrecision: 0 },
  { symbol: 'SET', description: 'Sets', unitClass: 'Quantity', decimalPrecision: 0 },
  { symbol: 'PAIR', description: 'Pairs', unitClass: 'Quantity', decimalPrecision: 0 },
  { symbol: 'ROLL', description: 'Rolls', unitClass: 'Quantity', decimalPrecision: 0 },
  {
    symbol: 'KG',
    description: 'Kilograms',
    unitClass: 'Mass',
    decimalPrecision: 3,
    baseUnit: true,
    systemOfUnits: 'METRIC',
  },
  {
    symbol: 'L',
    description: 'Litres',
    unitClass: 'Volume',
    decimalPrecision: 2,
    baseUnit: true,
    systemOfUnits: 'METRIC',
  },
  {
    symbol: 'M',
    description: 'Metres',
    unitClass: 'Length',
    decimalPrecision: 2,
    baseUnit: true,
    systemOfUnits: 'METRIC',
  },
  { symbol: 'H', description: 'Hours', unitClass: 'Time', decimalPrecision: 2, baseUnit: true },
] as const

export type UnitSymbol = (typeof UNITS)[number]['symbol']
