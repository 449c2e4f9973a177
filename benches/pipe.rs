//! What the kernel takes for a task: a packet to another process and one back, without a server around it.
//!
//!     cargo bench --no-default-features --features net --bench pipe
//!
//! One at a time each packet wakes somebody; with many under way it finds the other busy, as tasks do.

#[cfg(feature = "net")]
fn main() {
    pipe::main();
}

#[cfg(not(feature = "net"))]
fn main() {}

#[cfg(feature = "net")]
mod pipe {
    use std::os::fd::{AsFd, AsRawFd, OwnedFd};
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};
    use nix::sys::time::TimeValLike;

    const ROUNDS: usize = 200_000;
    const CHILDREN: usize = 4;
    const BYTES: usize = 48;

    pub fn main() {
        if std::env::args().any(|arg| arg == "echo") {
            return echo();
        }
        for (name, children, in_flight) in
            [("one at a time", 1, 1), ("four children, 32 under way on each", CHILDREN, 32)]
        {
            run(name, children, in_flight);
        }
    }

    /// The child: sends back what it gets on its standard input, which is a socket.
    fn echo() {
        let (socket, mut packet) = (std::io::stdin(), [0; BYTES]);
        let fd = socket.as_fd().as_raw_fd();
        while recv(fd, &mut packet, MsgFlags::empty()).is_ok_and(|len| len == BYTES) {
            if send(fd, &packet, MsgFlags::empty()).is_err() {
                return;
            }
        }
    }

    fn run(name: &str, count: usize, in_flight: usize) {
        let before = cpu_micros();
        let start = Instant::now();
        let mut children: Vec<_> = (0..count).map(|_| spawn()).collect();
        let mut packet = [7; BYTES];
        for (_, socket) in &children {
            for _ in 0..in_flight {
                send(socket.as_raw_fd(), &packet, MsgFlags::empty()).unwrap();
            }
        }
        for round in 0..ROUNDS {
            let socket = children[round % count].1.as_raw_fd();
            assert_eq!(recv(socket, &mut packet, MsgFlags::empty()), Ok(BYTES));
            send(socket, &packet, MsgFlags::empty()).unwrap();
        }
        let seconds = start.elapsed().as_secs_f64();
        for (child, socket) in children.drain(..) {
            drop(socket);
            end(child);
        }
        let micros = (cpu_micros() - before) / ROUNDS as f64;
        println!(
            "{name}: {micros:.2} us of processor time and {:.2} us by the clock",
            seconds * 1e6 / ROUNDS as f64
        );
    }

    fn spawn() -> (std::process::Child, OwnedFd) {
        let (ours, theirs) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .arg("echo")
            .stdin(Stdio::from(theirs))
            .spawn()
            .unwrap();
        (child, ours)
    }

    fn end(mut child: std::process::Child) {
        child.wait().unwrap();
    }

    /// Of this process and its children that have ended.
    fn cpu_micros() -> f64 {
        let usages = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(|who| getrusage(who).unwrap());
        usages
            .iter()
            .map(|usage| {
                (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64
            })
            .sum()
    }
}
