const headings = ['what', 'goal', 'figure', 'verdict'];

/** The report as a Markdown table, which a person can read as it is. */
export function table({ date, machine, rows }) {
  const cells = rows.map((row) => [row.what, row.goal, row.figure, verdict(row)]);
  const widths = headings.map((heading, i) => Math.max(heading.length, ...cells.map((line) => line[i].length)));
  const line = (texts) => `| ${texts.map((text, i) => text.padEnd(widths[i])).join(' | ')} |`;
  const { cpu, memoryGiB, platform, node, load, versions } = machine;
  const judged = rows.filter(({ met }) => met !== undefined);
  return [
    line(headings),
    line(widths.map((width) => '-'.repeat(width))),
    ...cells.map(line),
    '',
    `${judged.filter(({ met }) => met).length} of ${judged.length} goals met.`,
    `${date.slice(0, 10)}, Node.js ${node}, ${platform}, ${cpu}, ${memoryGiB} GiB, load ${load.toFixed(1)};`,
    `${Object.entries(versions)
      .map((of) => of.join(' '))
      .join(', ')}.`,
  ].join('\n');
}

function verdict({ met }) {
  if (met === undefined) return '';
  return met ? 'met' : 'not met';
}
