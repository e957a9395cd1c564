// A drawn person in a drawn room, for the picture of the README. Loaded after drawn_camera.js.
// The head follows each cue; of those in `drawn.directed` it goes only the share `drawn.share`, so that a
// picture can be taken on the way.
(() => {
  const drawn = window.drawn;
  /** In the middle of a colour that the scripted engine takes for one person: see PORTRAIT in walk_site.py. */
  const SKIN = "rgb(224, 172, 144)";
  const SHADE = "rgb(208, 152, 134)";
  const LIPS = "rgb(200, 138, 136)";
  const HAIR = "#4a332b";
  const INK = "#2b2a33";
  /** The lower edge of the picture has one colour from here on; what the engine reads lies left of it. */
  const SIGNAL = 16;
  const EDGE = "#2f5560";
  const DEGREES_A_SECOND = 30;
  const SIZE_A_SECOND = 0.4;
  const TREMOR = 0.25;
  /** Nobody reacts sooner; the next cue is on show while the one before is still being held. */
  const REACTION = 500;
  /** The head fits into the oval of the page. */
  const SCALE = 0.86;

  drawn.directed = [];
  drawn.share = 0;
  const at = { yaw: 0, pitch: 0, size: 1 };
  let last = performance.now();
  let noticed = null;
  let shown = { step: 0, since: 0 };

  /** The cue that the person has had the time to notice. */
  function cueNoticed(now) {
    if (drawn.step !== shown.step) shown = { step: drawn.step, since: now };
    if (now - shown.since >= REACTION) noticed = drawn.follows ? drawn.cue : null;
    return noticed;
  }

  function goal(cue) {
    if (cue?.kind === "come_closer") return { yaw: 0, pitch: 0, size: cue.target };
    const turns = { turn_left: ["yaw", 1], turn_right: ["yaw", -1], turn_up: ["pitch", 1], turn_down: ["pitch", -1] };
    const [axis, sign] = turns[cue?.kind] ?? ["yaw", 0];
    const share = drawn.directed.includes(cue?.kind) ? drawn.share : 1;
    return { yaw: 0, pitch: 0, size: 1, [axis]: sign * share * (cue?.target ?? 0) };
  }

  function towards(from, to, most) {
    return from + Math.max(-most, Math.min(most, to - from));
  }

  drawn.manner = true;
  drawn.head = () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    const wanted = goal(cueNoticed(now));
    at.yaw = towards(at.yaw, wanted.yaw, DEGREES_A_SECOND * seconds);
    at.pitch = towards(at.pitch, wanted.pitch, DEGREES_A_SECOND * seconds);
    at.size = towards(at.size, wanted.size, SIZE_A_SECOND * seconds);
    const tremor = () => (Math.random() - 0.5) * 2 * TREMOR;
    return { yaw: at.yaw + tremor(), pitch: at.pitch + tremor(), size: at.size };
  };

  function shape(pen, colour, trace) {
    pen.fillStyle = colour;
    pen.beginPath();
    trace();
    pen.fill();
  }

  function ellipse(pen, colour, x, y, across, down) {
    shape(pen, colour, () => pen.ellipse(x, y, across, down, 0, 0, 2 * Math.PI));
  }

  function line(pen, colour, width, trace) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.lineCap = "round";
    pen.beginPath();
    trace();
    pen.stroke();
  }

  function room(pen) {
    const wall = pen.createLinearGradient(0, 0, 640, 480);
    wall.addColorStop(0, "#f1ece0");
    wall.addColorStop(1, "#d5dcd6");
    pen.fillStyle = wall;
    pen.fillRect(0, 0, 640, 480);
    shape(pen, "#fffdf7", () => pen.roundRect(500, 40, 104, 132, 6));
    shape(pen, "#9ec3c8", () => pen.rect(512, 52, 80, 108));
    shape(pen, "#5f8f7b", () => pen.ellipse(552, 160, 40, 36, 0, Math.PI, 0));
    ellipse(pen, "#f3cf7a", 570, 82, 12, 12);
    for (const [turn, reach] of [[-0.9, 92], [-0.45, 118], [0, 128], [0.45, 112], [0.85, 88]]) {
      pen.save();
      pen.translate(78, 372);
      pen.rotate(turn);
      ellipse(pen, turn < 0 ? "#4f8166" : "#629a78", 0, -reach / 2, 15, reach / 2);
      pen.restore();
    }
    shape(pen, "#c98d66", () => pen.roundRect(44, 366, 68, 100, 8));
    shape(pen, EDGE, () => pen.rect(0, 462, 640, 18));
  }

  function body(pen, size) {
    shape(pen, SHADE, () => pen.roundRect(320 - 46 * size, 316, 92 * size, 120, 30));
    shape(pen, "#1f7280", () => pen.ellipse(320, 504, 210 * size, 132, 0, Math.PI, 0));
    shape(pen, SHADE, () => pen.ellipse(320, 376, 46 * size, 26, 0, 0, 2 * Math.PI));
    shape(pen, EDGE, () => pen.rect(0, 462, 640, 18));
  }

  function features(pen, { x, y, yaw, size }) {
    for (const side of [-1, 1]) {
      const across = x(side * 42, 1.05);
      ellipse(pen, "#fff", across, y(-20, 1.05), 17 * size, 10 * size);
      ellipse(pen, INK, across + yaw * 0.12, y(-20, 1.05), 7.5 * size, 8 * size);
      ellipse(pen, "#fff", across + yaw * 0.12 + 2.5 * size, y(-23, 1.05), 2 * size, 2 * size);
      line(pen, HAIR, 6 * size, () => {
        pen.moveTo(x(side * 24, 1), y(-45, 1));
        pen.quadraticCurveTo(x(side * 44, 1.05), y(-54, 1), x(side * 62, 1), y(-42, 1));
      });
      ellipse(pen, "rgba(208, 140, 130, 0.35)", x(side * 62, 1.1), y(34, 1.1), 20 * size, 14 * size);
    }
    line(pen, SHADE, 6 * size, () => {
      pen.moveTo(x(4, 1.5), y(-8, 1.5));
      pen.quadraticCurveTo(x(14, 1.5), y(22, 1.4), x(-2, 1.3), y(30, 1.3));
    });
    line(pen, LIPS, 9 * size, () => {
      pen.moveTo(x(-32, 1.2), y(66, 1));
      pen.quadraticCurveTo(x(0, 1.5), y(92, 1.4), x(32, 1.2), y(66, 1));
    });
  }

  /** What lies further in front moves further when the head turns. */
  function face(pen, { yaw, pitch, size: near }) {
    const size = near * SCALE;
    const x = (offset, depth) => 320 + offset * size + yaw * depth;
    const y = (offset, depth) => 240 + offset * size - pitch * depth;
    ellipse(pen, HAIR, x(0, -0.3), y(-18, -0.2), 118 * size, 142 * size);
    for (const side of [-1, 1]) ellipse(pen, SHADE, x(side * 104, -0.5), y(14, 0.3), 17 * size, 27 * size);
    ellipse(pen, SKIN, x(0, 0.25), y(6, 0.25), 102 * size, 138 * size);
    pen.save();
    pen.beginPath();
    pen.ellipse(x(0, 0.25), y(6, 0.25), 102 * size, 138 * size, 0, 0, 2 * Math.PI);
    pen.clip();
    features(pen, { x, y, yaw, size });
    pen.restore();
    shape(pen, HAIR, () => {
      pen.moveTo(x(-108, 0.1), y(-22, 0.3));
      pen.bezierCurveTo(x(-100, 0.1), y(-170, 0.2), x(104, 0.1), y(-176, 0.2), x(108, 0.1), y(-22, 0.3));
      pen.bezierCurveTo(x(86, 0.5), y(-78, 0.6), x(40, 0.6), y(-98, 0.6), x(-20, 0.6), y(-92, 0.6));
      pen.bezierCurveTo(x(-66, 0.5), y(-88, 0.6), x(-90, 0.4), y(-60, 0.6), x(-108, 0.1), y(-22, 0.3));
    });
  }

  drawn.portrait = (pen, head) => {
    room(pen);
    body(pen, head.size);
    face(pen, head);
    pen.fillStyle = drawn.signal(head);
    pen.fillRect(0, 480 - SIGNAL, SIGNAL, SIGNAL);
  };
})();
