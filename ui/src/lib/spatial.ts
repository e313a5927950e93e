interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Index of the box that an arrow key leads to from the one at `at`, Home and End included; null for other keys. */
export function neighbour(boxes: readonly Box[], at: number, key: string): number | null {
  const from = boxes[at];
  if (!from) return boxes.length > 0 ? 0 : null;
  switch (key) {
    case 'ArrowRight':
      return Math.min(boxes.length - 1, at + 1);
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return boxes.length - 1;
    case 'ArrowDown':
    case 'ArrowUp':
      return inNextRow(boxes, at, from, key === 'ArrowDown' ? 1 : -1);
    default:
      return null;
  }
}

/** The box of the nearest row in a direction whose middle is nearest; the same one beyond the last row. */
function inNextRow(boxes: readonly Box[], at: number, from: Box, direction: 1 | -1): number {
  const beyond = boxes.map(({ top }) => (top - from.top) * direction);
  const step = Math.min(...beyond.filter((distance) => distance > from.height / 2));
  const middle = ({ left, width }: Box) => left + width / 2;
  let nearest = at;
  let least = Infinity;
  boxes.forEach((box, index) => {
    const across = Math.abs(middle(box) - middle(from));
    if (Math.abs((beyond[index] ?? 0) - step) > 1 || across >= least) return;
    least = across;
    nearest = index;
  });
  return nearest;
}
