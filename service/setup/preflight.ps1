# What must hold before anything is changed. Whatever is refused here has left the machine as it was.

$OldestBuild = 14393
$LongestPath = 250
$DefaultPort = 9753
$Mebibyte = 1048576

function Test-Machine {
    $machine = Read-Machine
    if (-not $machine.is64Bit) {
        Stop-Refused 'this is a 32-bit PowerShell: use C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe from a 64-bit program, or C:\Windows\Sysnative\... from a 32-bit one'
    }
    if ($machine.build -lt $OldestBuild) {
        Stop-Refused "this is Windows build $($machine.build): Windows Server 2016 or Windows 10 1607 (build $OldestBuild) is the oldest that works"
    }
    if (-not $machine.isAdministrator) { Stop-Refused 'run this as an administrator: "Run as administrator" on PowerShell, also for -WhatIf' }
    Write-Step 'checked' "administrator, 64-bit PowerShell $($machine.powershell), Windows build $($machine.build)"
    return $machine
}

# A wrong name must not be passed over: -WhatIff would install.
function Test-Options($unknown, [string]$service) {
    if (@($unknown).Count -gt 0) { Stop-Refused "unknown option: $(@($unknown) -join ' ')" }
    if (-not (Test-ServiceName $service)) {
        Stop-Refused "-ServiceName $service`: at most 80 letters, digits, dots, hyphens and underscores"
    }
}

# The service of that name, and the folders it uses; refused when it is something else.
function Find-Installed([string]$service) {
    $existing = Read-Service $service
    if ($null -eq $existing) { return $null }
    $folders = Read-ImagePath $service $existing.imagePath
    if ($null -eq $folders) { Stop-Refused "there is a service $service that is not this agent: $($existing.imagePath)" }
    return $existing + $folders
}

# Each service lets its own account alone into its data, and replaces its program as a whole: two cannot share a folder.
function Test-OtherServices([string]$service, [string[]]$folders) {
    $images = Read-ValueBelow $ServicesKey 'ImagePath'
    foreach ($other in @($images.Keys | Where-Object { $_ -ne $service } | Sort-Object)) {
        $theirs = Read-ImagePath $other ([string]$images[$other])
        if ($null -eq $theirs) { continue }
        foreach ($folder in $folders) {
            foreach ($their in $theirs.installDir, $theirs.dataDir) {
                if ((Test-Inside $folder $their) -or (Test-Inside $their $folder)) {
                    Stop-Refused "$folder`: the service $other uses $their, and $service must have folders of its own: -InstallDir, -DataDir"
                }
            }
        }
    }
}

# A folder as given, else where it is already, else the usual one.
function Select-Folder([string]$parameter, [string]$given, $installed, [string]$usual) {
    if ($null -eq $installed) {
        if ($given -eq '') { return Resolve-Folder $parameter $usual }
        return Resolve-Folder $parameter $given
    }
    if ($given -eq '') { return $installed }
    $folder = Resolve-Folder $parameter $given
    if ($folder -ne $installed) {
        Stop-Refused "$parameter $folder`: it is installed with $installed. To move it, uninstall it first, which keeps its data."
    }
    return $installed
}

function Test-Folders($plan) {
    $install = $plan.installDir
    $data = $plan.dataDir
    Test-OtherServices $plan.service (@(Get-Leftovers $install) + $install + $data)
    if ((Test-Inside $install $data) -or (Test-Inside $data $install)) { Stop-Refused "$install and ${data}: neither may be inside the other" }
    $longest = @($plan.package.files | Sort-Object -Property Length)[-1]
    if ("$install.new\$longest".Length -gt $LongestPath) { Stop-Refused "-InstallDir $install`: with the longest name in the package it is too long for Windows" }
    foreach ($path in $install, "$install.old", "$install.new", $data) {
        if ((Test-Path -LiteralPath $path) -and (Test-Link $path)) { Stop-Refused "$path is a link" }
    }
    foreach ($path in "$install.old", "$install.new") {
        if ((Test-Path -LiteralPath $path) -and -not (Test-OurLeftover $path)) { Stop-Refused "$path is in the way and does not look like this agent: put it elsewhere, or remove it if it is" }
    }
    if ((Test-Path -LiteralPath $install) -and -not (Test-OurProgram $install)) { Stop-Refused "-InstallDir $install`: there is something else in it" }
    # From where it is installed its service can be set anew.
    $package = $plan.package.folder
    if (-not $plan.isInPlace -and ((Test-Inside $package $install) -or (Test-Inside $install $package))) {
        Stop-Refused "-InstallDir $install`: the package is unpacked there. Unpack it elsewhere."
    }
}

function Test-Drive([string]$parameter, [string]$path, [long]$neededBytes) {
    $letter = $path.Substring(0, 2)
    $drive = Read-Drive $path
    if ($null -eq $drive) { Stop-Refused "$parameter $path`: there is no drive $letter" }
    if ($drive.type -ne 'Fixed') { Stop-Refused "$parameter $path`: $letter is no disk of this machine ($($drive.type)), which a service may not see" }
    if ($drive.format -notin 'NTFS', 'ReFS') { Stop-Refused "$parameter $path`: $($drive.format) on $letter knows no permissions" }
    if ($drive.freeBytes -lt $neededBytes) {
        Stop-Refused "$parameter $path`: $(Format-Size $drive.freeBytes) free on $letter, and $(Format-Size $neededBytes) must be"
    }
}

function Format-Size([long]$bytes) { return "$([Math]::Ceiling($bytes / $Mebibyte)) MiB" }

# What a new configuration says, for none that is there is changed.
function Read-ListenOptions($plan, [string]$address, [string]$port, [string]$configFile) {
    $plan.isListenGiven = $address -ne '' -or $port -ne ''
    $plan.listenAddress = '127.0.0.1'
    $plan.listenPort = $DefaultPort
    if ($address -ne '') {
        $parsed = $null
        if ($address -notmatch '^[0-9A-Fa-f:.]+$' -or -not [Net.IPAddress]::TryParse($address, [ref]$parsed)) {
            Stop-Refused "-ListenAddress $address`: expected an address such as 127.0.0.1 or 0.0.0.0"
        }
        $plan.listenAddress = $address
    }
    if ($port -ne '') {
        if ($port -notmatch '^\d{1,5}$' -or [int]$port -lt 1 -or [int]$port -gt 65535) { Stop-Refused "-ListenPort $port`: expected 1 to 65535" }
        $plan.listenPort = [int]$port
    }
    if ($plan.isListenGiven -and $configFile -ne '') { Stop-Refused '-ListenAddress and -ListenPort are for a new configuration: write web.listen into the file of -ConfigFile' }
}

# The configuration there will be: the one that is there, else the one that is given, else $null for a new one.
function Select-Config($plan, [string]$configFile) {
    $plan.configSource = $null
    if ($configFile -ne '') {
        if (-not (Test-Path -LiteralPath $configFile -PathType Leaf)) { Stop-Refused "-ConfigFile $configFile`: there is no such file" }
        $plan.configSource = (Get-Item -LiteralPath $configFile).FullName
    }
    $own = "$($plan.dataDir)\agent.yml"
    if ($plan.stranger -ne '' -or -not (Test-Path -LiteralPath $own)) { return }
    if ($configFile -ne '') { Write-Step 'note' "-ConfigFile is not used: there is $own" }
    elseif ($plan.isListenGiven) { Write-Step 'note' "-ListenAddress and -ListenPort are not used: $own says where" }
    $plan.configSource = $own
}

function Test-Stranger($plan, [bool]$isForced) {
    $plan.stranger = Find-Stranger $plan
    if ($plan.stranger -eq '' -or $isForced) { return }
    Stop-Refused "$($plan.stranger). Look into it, then remove it or give it to Administrators (takeown /a /r /f `"$($plan.dataDir)`"); with -Force all of $($plan.dataDir) is put aside and a new one made."
}

function Test-AgentVersion($plan, [bool]$isForced) {
    $installed = $plan.installedVersion
    if ($installed -eq '' -or $isForced -or (Compare-AgentVersion $plan.package.version $installed) -ge 0) { return }
    Stop-Refused "version $installed is installed, and $($plan.package.version) is older: it may not be able to read the database. See `"Back to the version before`" in docs\install.md, then use -Force."
}

# A service that runs holds its port itself.
function Test-AgentPort($plan) {
    if ((Read-ServiceStatus $plan.service) -notin 'Missing', 'Stopped') { return }
    $problem = Test-Port $plan.listen.address $plan.listen.port
    if ($problem -eq '') { return }
    $owner = Read-PortOwner $plan.listen.port
    if ($owner -ne '') { $problem = "$owner listens there" }
    Stop-Refused "nobody can listen at $(Format-Listen $plan.listen.address $plan.listen.port): $problem. Stop that program, or choose another port with -ListenPort or web.listen."
}
