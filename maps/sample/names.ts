/** Names of the people at the sample firms, as they might be called in each country. */

import type { CountryCode } from './firms.ts'
import { turn } from './sample-write.ts'

type Names = readonly [string, ...string[]]

interface CountryNames {
  readonly women: Names
  readonly men: Names
  readonly families: Names
}

const NAMES: Readonly<Record<CountryCode, CountryNames>> = {
  US: {
    women: ['Odessa', 'Marlene', 'Tamsin', 'Ruth', 'Delia'],
    men: ['Calvin', 'Everett', 'Luis', 'Thaddeus', 'Owen'],
    families: ['Pruitt', 'Halloran', 'Okafor', 'Winslow', 'Castellan', 'Birdsong', 'Lindgren'],
  },
  CA: { women: ['Élise', 'Noreen'], men: ['Gordon', 'Mathieu'], families: ['Tremaine', 'Beaulac', 'McAskill'] },
  MX: { women: ['Itzel', 'Rosario'], men: ['Anselmo', 'Fermín'], families: ['Arriaga', 'Villaseñor', 'Cebrián'] },
  GB: { women: ['Philippa', 'Morag'], men: ['Alistair', 'Rhys'], families: ['Thackeray', 'Penhale', 'Rutherglen'] },
  AU: { women: ['Bronte', 'Kirra'], men: ['Lachlan', 'Darcy'], families: ['Wetherill', 'Cobbold'] },
  JP: { women: ['Haruka', 'Mio'], men: ['Daichi', 'Kenta'], families: ['Kurosaki', 'Minazuki'] },
  DE: {
    women: ['Annegret', 'Wiebke', 'Jule'],
    men: ['Detlef', 'Hanno', 'Malte'],
    families: ['Brinkhoff', 'Sauerland', 'Petersen', 'Wagenknecht', 'Öhlmann'],
  },
  AT: { women: ['Roswitha', 'Veronika'], men: ['Leopold', 'Xaver'], families: ['Hintersteiner', 'Moosbrugger'] },
  CH: { women: ['Regula', 'Seraina'], men: ['Beat', 'Reto'], families: ['Zumthal', 'Caflisch'] },
  FR: { women: ['Capucine', 'Solange'], men: ['Gaspard', 'Thibault'], families: ['Delorme', 'Kervella', 'Vidalenc'] },
  NL: { women: ['Marijke', 'Fenna'], men: ['Joost', 'Sander'], families: ['Hoogland', 'Dijkstra'] },
  SE: { women: ['Signe', 'Elsa'], men: ['Torbjörn', 'Axel'], families: ['Ekdal', 'Norrsken'] },
  DK: { women: ['Kirsten', 'Freja'], men: ['Mogens', 'Rasmus'], families: ['Havgaard', 'Skovlund'] },
  PL: { women: ['Jagoda', 'Kinga'], men: ['Bogdan', 'Mirosław'], families: ['Wilczak', 'Borowiec'] },
}

export interface PersonName {
  readonly firstName: string
  readonly lastName: string
  readonly gender: 'FEMALE' | 'MALE'
}

/** Women and men take turns. */
export function personName(country: CountryCode, index: number): PersonName {
  const { women, men, families } = NAMES[country]
  const isWoman = index % 2 === 0
  return {
    firstName: turn(isWoman ? women : men, Math.floor(index / 2)),
    lastName: turn(families, index),
    gender: isWoman ? 'FEMALE' : 'MALE',
  }
}
