import fc from 'fast-check';

/** Any character of Unicode. fast-check's own unit `binary` lists them all first, which takes each process seconds. */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10_f7_ff })
  .map((index) => String.fromCodePoint(index < 0xd8_00 ? index : index + 0x8_00));
