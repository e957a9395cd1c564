// A camera that is drawn: the scripted engine reads the middle's colour as the person, the lower left
// as the turn of the head. It follows the cues that the socket brings, unless it is told not to.
// `portrait` is another way to draw the head, for pictures that people look at.
(() => {
  const drawn = { person: "rgb(224, 32, 32)", follows: true, reflects: true, refused: false, cue: null, sockets: [] };
  window.drawn = drawn;

  /** Nobody is so far away: eyes that are shut. */
  const SHUT = 40;
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 480;
  const pen = canvas.getContext("2d", { alpha: false });
  let tick = 0;

  function head() {
    if (drawn.manner) return drawn.head();
    const cue = drawn.follows ? drawn.cue : null;
    const at = { yaw: 0, pitch: 0, size: 1 };
    if (!cue) return at;
    if (cue.kind === "turn_left") at.yaw = cue.target;
    if (cue.kind === "turn_right") at.yaw = -cue.target;
    if (cue.kind === "turn_up") at.pitch = cue.target;
    if (cue.kind === "turn_down") at.pitch = -cue.target;
    if (cue.kind === "come_closer") at.size = cue.target;
    if (cue.kind === "close_eyes") at.shut = true;
    return at;
  }

  /** What a face before the screen is lit by; nothing where it does not reflect. */
  function lightOfThePage() {
    const light = document.querySelector("[data-light]");
    return drawn.reflects && light && !light.hidden ? getComputedStyle(light).backgroundColor : null;
  }

  function ellipse(x, y, across, down, colour) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.ellipse(x, y, across, down, 0, 0, 2 * Math.PI);
    pen.fill();
  }

  function eye(x, y, size, yaw) {
    ellipse(x, y, 15 * size, 9 * size, "#fff");
    ellipse(x + yaw / 6, y, 6 * size, 6 * size, "#223");
  }

  function face({ yaw, pitch, size, shut }) {
    const [x, y] = [320 + yaw * 1.5, 240 - pitch * 1.5];
    ellipse(320, 540, 230 * size, 150, "#46566b");
    ellipse(320, 240, 118 * size, 165 * size, "#5b4636");
    ellipse(320, 252, 108 * size, 150 * size, drawn.person);
    for (const side of [-1, 1]) {
      if (shut) ellipse(x + side * 42 * size, y - 22 * size, 15 * size, 1, "#223");
      else eye(x + side * 42 * size, y - 22 * size, size, yaw);
    }
    pen.strokeStyle = "#7a2b2b";
    pen.lineWidth = 6;
    pen.beginPath();
    pen.arc(x, y + 45 * size, 38 * size, 0.25 * Math.PI, 0.75 * Math.PI);
    pen.stroke();
  }

  /** The colour by which the scripted engine knows how the head is turned. */
  drawn.signal = ({ yaw, pitch, size, shut }) => {
    const near = shut ? SHUT : 100 * size;
    return `rgb(${[128 + 2 * yaw, 128 + 2 * pitch, near].map(Math.round).join(",")})`;
  };

  function draw() {
    tick += 1;
    const at = head();
    if (drawn.portrait) {
      drawn.portrait(pen, at);
      return;
    }
    pen.fillStyle = drawn.room ?? "#9fb4c2";
    pen.fillRect(0, 0, 640, 480);
    if (drawn.person) face(at);
    // Below the picture's edge that people look at: what the scripted engine reads.
    pen.fillStyle = drawn.signal(at);
    pen.fillRect(0, 448, 24, 32);
    const light = lightOfThePage();
    if (light) pen.fillStyle = light;
    if (light) pen.fillRect(24, 448, 12, 32);
    for (let dot = 0; dot < 6; dot += 1) {
      pen.fillStyle = `rgb(${(tick * 37 + dot * 53) % 200},120,130)`;
      pen.fillRect((tick * 13 + dot * 97) % 560, 4, 14, 8);
    }
  }
  setInterval(draw, 1000 / 30);
  draw();

  navigator.mediaDevices.getUserMedia = async () => {
    if (drawn.refused) throw new DOMException("refused", "NotAllowedError");
    return canvas.captureStream(30);
  };

  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      drawn.sockets.push(this);
      this.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === "frame") {
          [drawn.cue, drawn.step, drawn.progress] = [message.challenge, message.step, message.progress];
        }
        if (message.type === "verdict") drawn.onVerdict?.(message.verified);
      });
    }
  };
})();
