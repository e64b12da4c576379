import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('a burst is admitted at once, and nothing more while the clock stands still', () => {
  const bucket = new TokenBucket({ rate: 1, burst: 3 });
  expect([1, 2, 3, 4].map(() => bucket.take(1000))).toEqual([true, true, true, false]);
});

test('tokens come back at the rate', () => {
  const bucket = new TokenBucket({ rate: 2, burst: 1 });
  expect(bucket.take(0)).toBe(true);
  expect(bucket.take(499)).toBe(false);
  expect(bucket.take(500)).toBe(true);
});

test('checking for a token takes none', () => {
  const bucket = new TokenBucket({ rate: 0, burst: 1 });
  expect([bucket.has(0), bucket.has(0), bucket.take(0), bucket.has(0)]).toEqual([true, true, true, false]);
});

test('a bucket of size 0 admits nothing', () => {
  const bucket = new TokenBucket({ rate: 100, burst: 0 });
  expect([bucket.take(0), bucket.take(10_000)]).toEqual([false, false]);
});

const limits = fc.record({ rate: fc.double({ min: 0, max: 1000, noNaN: true }), burst: fc.nat(200) });

test('with any arrivals, no more is admitted than burst + rate x time', () => {
  fc.assert(
    fc.property(limits, fc.array(fc.nat(2000), { maxLength: 300 }), ({ rate, burst }, gaps) => {
      const bucket = new TokenBucket({ rate, burst });
      let now = 1_800_000_000_000;
      const start = now;
      let admitted = 0;
      for (const gap of gaps) {
        now += gap;
        admitted += bucket.take(now) ? 1 : 0;
        expect(admitted).toBeLessThanOrEqual(burst + (rate * (now - start)) / 1000 + 1e-6);
      }
    }),
  );
});

test('a clock that goes back and forth gives no more tokens than one that only advances', () => {
  fc.assert(
    fc.property(limits, fc.array(fc.nat(10_000), { maxLength: 200 }), ({ rate, burst }, times) => {
      const bucket = new TokenBucket({ rate, burst });
      const admitted = times.filter((time) => bucket.take(time)).length;
      expect(admitted).toBeLessThanOrEqual(burst + rate * 10 + 1e-6);
    }),
  );
});
