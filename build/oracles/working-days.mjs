// Writes tests/Crm.RuleTests/Organization/working-days.txt: every day of the years that ship with Crm, as two data sets know it that have
// nothing to do with each other or with Crm. Refuses to write where they disagree.
//
//   npm install --no-save --prefix /tmp/oracles chinese-days@1 tyme4ts@1
//   NODE_PATH=/tmp/oracles/node_modules node build/oracles/working-days.mjs 2024 2026
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { isWorkday } = require('chinese-days');
const { LegalHoliday } = require('tyme4ts');
const [first, last] = process.argv.slice(2).map(Number);

const lines = [];
for (let day = new Date(Date.UTC(first, 0, 1)); day < Date.UTC(last + 1, 0, 1); day = new Date(+day + 86_400_000)) {
  const date = day.toISOString().slice(0, 10);
  const holiday = LegalHoliday.fromYmd(...date.split('-').map(Number));
  const [one, other] = [isWorkday(date), holiday ? holiday.isWork() : day.getUTCDay() % 6 !== 0];
  if (one !== other) throw new Error(`chinese-days says ${one}, tyme4ts says ${other} of ${date}`);
  lines.push(`${date} ${one ? 'work' : 'free'}`);
}

writeFileSync(new URL('../../tests/Crm.RuleTests/Organization/working-days.txt', import.meta.url), lines.join('\n') + '\n');
console.log(`${lines.length} days, ${lines.filter(l => l.endsWith('work')).length} of them worked`);
