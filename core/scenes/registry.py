"""What the configs of checkpoints for scenes call themselves. Photo commands know neither and pass them over."""

EYES, CAPTIONER = "scene-eyes", "scene-captioner"
