//! What kind of socket a port has: the last argument of the constructor and of `listen()`.

/// The kinds a server can listen on, with the numbers of `SWOOLE_SOCK_*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum SocketKind {
    #[default]
    Tcp = 1,
    Udp = 2,
    Tcp6 = 3,
    Udp6 = 4,
    UnixStream = 5,
    UnixDatagram = 6,
}

impl SocketKind {
    /// The kind of a number, without flags.
    pub fn from_number(number: i64) -> Option<Self> {
        [Self::Tcp, Self::Udp, Self::Tcp6, Self::Udp6, Self::UnixStream, Self::UnixDatagram]
            .into_iter()
            .find(|kind| kind.number() == number)
    }

    /// The number that scripts know.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// Packets without connections.
    pub const fn is_datagram(self) -> bool {
        matches!(self, Self::Udp | Self::Udp6 | Self::UnixDatagram)
    }

    /// Its address is a path.
    pub const fn is_unix(self) -> bool {
        matches!(self, Self::UnixStream | Self::UnixDatagram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_names_its_kind() {
        let known: Vec<_> = (0..=10).filter_map(SocketKind::from_number).collect();
        assert_eq!(known.iter().map(|kind| kind.number()).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        let datagrams: Vec<_> = known.iter().filter(|kind| kind.is_datagram()).collect();
        assert_eq!(datagrams, [&SocketKind::Udp, &SocketKind::Udp6, &SocketKind::UnixDatagram]);
        assert_eq!(known.iter().filter(|kind| kind.is_unix()).count(), 2);
        // With SWOOLE_SSL it is not a kind any more.
        assert_eq!(SocketKind::from_number(1 | 512), None);
    }
}
