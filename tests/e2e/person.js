// How the drawn head moves in a measurement: it reacts late, turns at a pace, and trembles.
// window.drawn.manner = { reaction: seconds, speed: degrees a second, tremor: degrees }.
(() => {
  const drawn = window.drawn;
  drawn.manner = null;
  const at = { yaw: 0, pitch: 0, size: 1 };
  const SIZE_SHARE = 1 / 80;
  /** Who is told to close the eyes for a second. */
  const SHUT_FOR = 1000;
  let shutUntil = 0;
  let goal = { ...at };
  let shown = "";
  let since = 0;
  let last = performance.now();

  function wanted() {
    const cue = drawn.cue;
    if (!cue) return { yaw: 0, pitch: 0, size: 1 };
    const way = { turn_left: [1, 0], turn_right: [-1, 0], turn_up: [0, 1], turn_down: [0, -1] }[cue.kind];
    if (cue.kind === "come_closer") return { yaw: 0, pitch: 0, size: cue.target };
    if (!way) return { yaw: 0, pitch: 0, size: 1, shut: cue.kind === "close_eyes" };
    return { yaw: way[0] * cue.target, pitch: way[1] * cue.target, size: 1 };
  }

  /** All three axes arrive together: the longest way rules. */
  function move(seconds) {
    const speed = drawn.manner.speed * seconds;
    const left = ["yaw", "pitch", "size"].map((axis) => goal[axis] - at[axis]);
    const steps = Math.max(...left.map((way, i) => Math.abs(way) / (i === 2 ? speed * SIZE_SHARE : speed)), 1);
    ["yaw", "pitch", "size"].forEach((axis, i) => {
      at[axis] += left[i] / steps;
    });
  }

  /** Nothing is seen while the eyes are shut. */
  function look(now) {
    const cue = drawn.cue ? `${drawn.cue.kind} ${drawn.cue.target} ${drawn.step}` : "";
    if (cue !== shown) [shown, since] = [cue, now];
    if (now - since < drawn.manner.reaction * 1000) return;
    goal = wanted();
    if (goal.shut) shutUntil = now + SHUT_FOR;
  }

  drawn.head = () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    if (now >= shutUntil) look(now);
    move(seconds);
    const tremor = () => (Math.random() + Math.random() - 1) * 1.7 * drawn.manner.tremor;
    return { yaw: at.yaw + tremor(), pitch: at.pitch + tremor(), size: at.size, shut: now < shutUntil };
  };
})();
